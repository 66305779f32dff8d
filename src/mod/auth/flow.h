/* flow: somebody who is at a provider, from the moment they leave to the moment they come back (auth.flow_states).
 *
 * Owner    the arena of the call. Failure -1 after auth_fault(). Threads (waits).
 */
#pragma once
#include "base/str.h"

struct auth_call;
struct auth_provider;

struct auth_flow {
	const struct auth_provider *provider;
	struct str state, verifier, nonce, redirect_to, code_challenge, code_challenge_method;
	struct str user_id; /* of who links; absent: signs in */
};

/* Where providers send people back to, as it has to be registered with them. */
struct str auth_flow_callback_url(struct auth_call *c);

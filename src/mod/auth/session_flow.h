/* session_flow: what is left between sending a browser away with a code and giving tokens for it. Private to mod/auth.
 *
 * Owner    the arena of the call. Failure -1 after auth_fault(). Threads pure.
 */
#pragma once
#include "base/secret.h"
#include "base/str.h"

struct auth_call;

/* A challenge and its method as some client sent them: both absent (then nothing is set), or both usable. */
int session_flow_check(struct auth_call *c, struct str challenge, struct str method,
	struct str *ret_challenge, struct str *ret_method);

/* What auth.flow_codes.provider_tokens is sealed for. */
struct secret_place session_flow_place(struct str id);

/* onetime: links and six-digit codes that are sent by mail, kept as SHA-256 in auth.one_time_tokens and good once.
 *
 * The link has token_hash = hex(HMAC-SHA256(address and code)), so that neither a dump nor a code gives the other; with PKCE its answer is a ?code=.
 *
 * Owner    the arena of the call. Failure  -1 after auth_fault() or auth_fail(). Threads (waits).
 */
#pragma once
#include <stdbool.h>

#include "base/str.h"

struct auth_call;
struct auth_user;

enum auth_onetime_kind {
	AUTH_CONFIRMATION,  /* type signup */
	AUTH_RECOVERY,      /* recovery */
	AUTH_MAGICLINK,     /* magiclink, and email */
	AUTH_INVITE,        /* invite */
	AUTH_EMAIL_CHANGE,  /* email_change: to the new address */
	AUTH_EMAIL_CURRENT, /* email_change: to the present one */
	AUTH_REAUTHENTICATION,
};

struct auth_onetime {
	struct str code; /* six digits */
	struct str hash; /* what the link has as token */
	struct str link; /* PUBLIC_URL/auth/v1/verify?token=…&type=…&redirect_to=… */
};

struct auth_onetime_ask {
	enum auth_onetime_kind kind;
	struct str user_id, address;
	struct str redirect_to; /* checked against the allow list; else the site */
	struct str code_challenge, code_challenge_method; /* absent without PKCE */
	bool is_counted;                                  /* auth_limit_mail() was asked already */
	struct str email,
		new_email; /* a change of address, for the words of the mail; else absent */
	struct str
		data; /* JSON for the template's .Data (user_metadata, or of an invitation); or absent */
};

/* Makes one (the one before of this kind is void) and, unless ret_made is given, mails it in the same transaction by the template of its
 * kind, at most once in 60 s to one address (429 over_email_send_rate_limit). */
int auth_onetime_send(struct auth_call *c, const struct auth_onetime_ask *ask,
	struct auth_onetime *ret_made);

/* redirect_to when the allow list has it, else the site's URL. */
struct str auth_redirect_allowed(struct auth_call *c, struct str redirect_to);

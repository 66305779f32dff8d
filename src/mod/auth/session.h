/* session: a sign-in and its tokens. An access token is a JWT that says who and for how long; a refresh token is 256 random bits, kept
 * as SHA-256, good for one use (rotation is in SQL: auth.refresh_session()).
 *
 * Owner    the arena of the call. Failure  -1 after auth_fault() or auth_fail(). Threads (waits).
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct auth_call;
struct auth_user;

struct auth_tokens {
	struct str session_id, access, refresh;
	int64_t expires_in_s, expires_at_s;
	struct str
		extra; /* more members for the answer, a JSON object: the provider's tokens; mostly absent */
};

/* A new session by this method of amr ("password", "otp", "magiclink", "oauth", "anonymous", "invite", "recovery", "token_refresh"):
 * checks that the user may sign in (403 user_banned), keeps last_sign_in_at. */
int auth_session_open(struct auth_call *c, const struct auth_user *u, const char *method,
	struct auth_tokens *ret_tokens);

/* The next tokens of the session that refresh belongs to. 400 refresh_token_not_found, refresh_token_already_used (the session has ended),
 * session_expired, user_banned. */
int auth_session_refresh(struct auth_call *c, struct str refresh, struct str *ret_user_id,
	struct auth_tokens *ret_tokens);

/* The call's own session reaches aal2 by this factor: amr gets {"method":"totp"}, its other refresh tokens end, new tokens come. */
int auth_session_raise(struct auth_call *c, struct str factor_id, const char *method,
	struct auth_tokens *ret_tokens);

/* 200 {"access_token","token_type":"bearer","expires_in","expires_at","refresh_token","user"} with the user as it is now. */
int auth_session_reply(struct auth_call *c, struct str user_id, const struct auth_tokens *t);

/* For a browser: redirect_to with the tokens in the fragment (implicit flow) or ?code= (PKCE). */
int auth_session_redirect(struct auth_call *c, const struct auth_user *u, const char *method,
	struct str redirect_to, struct str code_challenge, struct str code_challenge_method);

/* A code that POST /token?grant_type=pkce gives tokens for, once, to who knows the verifier: auth.flow_codes. extra: provider tokens
 * as a JSON object, or absent. */
int auth_session_code(struct auth_call *c, const struct auth_user *u, const char *method,
	struct str code_challenge, struct str code_challenge_method, struct str *ret_code);
int auth_session_code_with(struct auth_call *c, const struct auth_user *u, const char *method,
	struct str code_challenge, struct str code_challenge_method, struct str extra,
	struct str *ret_code);

/* What a client sent as challenge, both absent or both usable: else -1 with "validation_failed". */
int auth_session_challenge(struct auth_call *c, struct str *ret_challenge, struct str *ret_method);

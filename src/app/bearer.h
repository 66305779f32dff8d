/* bearer: who is asking, from the token that came with a request: the bearer of Authorization, or else the header apikey.
 *
 * Owner    the arena given. Failure the reason, for the caller to put into words. Threads one loop.
 */
#pragma once
#include <stdbool.h>

#include "base/jwt.h"
#include "base/str.h"

struct arena;
struct http_request;
struct json;
struct token_keys;

struct bearer {
	bool is_there;          /* a token was sent */
	enum jwt_reason reason; /* JWT_OK, or why it counts for nothing; JWT_EMPTY without one */
	struct str claims;      /* JSON; absent unless the token is good */
	const struct json *json;
	struct str role;    /* "role"; absent without one */
	struct str user_id; /* "sub" when it is a UUID; else absent */
};

/* Tokens for another audience than "authenticated" are refused; those without one (the API keys) are for everybody. */
struct bearer bearer_check(const struct token_keys *k, struct arena *a,
	const struct http_request *http);
/* The same for a token that came another way; and the one that bearer_check() takes. */
struct bearer bearer_check_token(const struct token_keys *k, struct arena *a, struct str token);
struct str bearer_token(const struct http_request *http);

/* The claims as JSON for request.jwt.claims, where policies read them: with "role" as it is in force, whatever they have there. claims may be
 * NULL: only the role. */
struct str bearer_claims(struct arena *a, const struct json *claims, struct str role);

/* Why, as one sentence without a full stop. */
const char *bearer_words(enum jwt_reason reason);

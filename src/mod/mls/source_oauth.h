/* source_oauth: an access token for client credentials, fetched when it is first needed, kept until shortly before its end.
 *
 * The secret is sent in the body; a server that answers 401 to that is asked once more with HTTP Basic (RFC 6749, 2.3.1).
 *
 * Owner    the arena; secrets are wiped with it.
 * Failure  E_LOGIN the token endpoint refuses our client, E_RATE, E_UPSTREAM, E_TIMEOUT; sentences never hold the secret or a token.
 * Threads  (waits): in a fiber.
 * Source   RFC 6749, 4.4 and 5.
 */
#pragma once
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct http_client;

struct source_oauth {
	struct http_client *http;
	struct str token_url, client_id, secret, scope;
	int64_t good_until_us; /* mono; 0: there is none */
};

/* (waits) *token is replaced when it is old; renew: in any case. */
int source_oauth_token(struct source_oauth *o, struct arena *a, _Bool renew, struct str *token,
	struct err *e) MUST_CHECK;

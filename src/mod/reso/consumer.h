/* consumer: who asks /reso/odata. Either the opaque token of a consumer, plat_reso_…, or a short-lived access token that
 * POST /reso/oauth/token gave for its client id and secret (RFC 6749, 4.4). Both name the row by its key; secrets are compared as hashes,
 * in a time that says nothing. The row is read for each request, so what is revoked is refused at once.
 *
 * Owner    the request's arena.
 * Failure  -1 after reso_fault(): 401 with WWW-Authenticate, 429 (usage.h). A token is never quoted.
 * Threads  (waits).
 */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct reso_call;

#define RESO_AUDIENCE "plat-reso" /* of access tokens: counts nowhere else */
#define RESO_TOKEN_S 3600

/* Fills c->who and counts the request. */
int reso_consumer_login(struct reso_call *c) MUST_CHECK;

/* The same for client credentials. */
int reso_consumer_client(struct reso_call *c, struct str client_id, struct str secret,
	bool *ret_is_right) MUST_CHECK;

/* -1 with 403 unless one of the scopes (added up) is there. */
int reso_consumer_require(struct reso_call *c, unsigned scopes, const char *what) MUST_CHECK;

/* The scopes as "idx media". */
struct str reso_consumer_scopes(const struct reso_call *c);

/* access: who asks the search, from the key or token that came with the request.
 *
 * Keys (X-TYPESENSE-API-KEY, or x-typesense-api-key in the query), scoped keys, and plat's own tokens: in the same place, as a bearer, or
 * as apikey. A good one is remembered for ACCESS_KEPT_US, so one that is revoked is refused after that at the latest.
 *
 * Owner    the arena given.
 * Failure  E_LOGIN: it does not count; never said why. E_RATE: too many such keys from
 *          one network (tries.h). E_RIGHT, E_ABSENT, E_INPUT: a login that has no workspace, or did not say which.
 * Threads  (waits).
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "base/uuid.h"
#include "mod/search/fields.h"

struct arena;
struct http_request;
struct json;

#define ACCESS_KEPT_US (3 * US_PER_SECOND)
#define ACCESS_REFUSED "Forbidden - a valid `x-typesense-api-key` header must be sent."

struct search_access {
	char workspace[UUID_SIZE];
	char user_id[UUID_SIZE]; /* "": a key, or a service */
	enum search_audience who;
	unsigned actions;            /* enum search_action */
	int64_t expires_s;           /* INT64_MAX: never */
	const struct json *embedded; /* what a scoped key fixes; NULL: not scoped */
};

/* What the request carries as a key; absent: none. */
struct str search_access_sent(struct arena *a, const struct http_request *http);

/* key absent: the bearer of http, or its apikey. */
int search_access_find(struct arena *a, struct http_request *http, struct str key,
	struct search_access *ret, struct err *e) MUST_CHECK;

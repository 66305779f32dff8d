/* login: who is asking, from the token that came with the request.
 *
 * A token is checked once; what it says is kept (SIEVE, jwt-cache-max-entries) and asked again only whether its time has come or gone.
 * Tokens without a right signature are not kept.
 *
 * Owner    texts live in the arena given, which is the request's. A cache belongs to its site; the configuration it was made with must
 *          live until the next rest_login_configure() or its end.
 * Failure  -1 with a fault: PGRST300 (500) no secret, 301 (401) no token of ours, 302 (401) nobody and no anonymous role, 303 (401) a
 *          token that is not for now or not for here; with WWW-Authenticate on each 401.
 * Threads  one loop. A token seen for the first time takes as long as its signature (jwt.h), else about a microsecond.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct arena;
struct rest_config;
struct rest_fault;
struct rest_login_cache;

struct rest_login {
	struct str role;
	struct str claims;  /* the token's claims as JSON, with "role" filled in */
	struct str user_id; /* "sub" when it is a UUID, in lower case; else absent */
	bool anonymous;     /* the role is the anonymous one */
};

/* A finished configuration (rest_config_finish). */
struct rest_login_cache *rest_login_cache_new(const struct rest_config *config)
	__attribute__((returns_nonnull));
void rest_login_cache_free(struct rest_login_cache *c); /* NULL is fine */

/* Other keys, another audience: all that is kept is forgotten, the counters stay. */
void rest_login_configure(struct rest_login_cache *c, const struct rest_config *config);

/* Other keys than the configuration's from here on, also with configurations to come; all that is kept is forgotten. Borrowed: the caller says
 * so again before they end. */
struct jwk_set;
void rest_login_keys(struct rest_login_cache *c, const struct jwk_set *keys);

/* authorization: the header's value; apikey: the value of the header of that name, absent where it means nothing. The token is the
 * bearer of Authorization, or else the apikey. */
int rest_login_check(struct rest_login_cache *c, struct arena *a, struct str authorization,
	struct str apikey, struct rest_login *ret_login, struct rest_fault *f);

struct rest_login_stats {
	uint64_t requests, hits, evictions; /* of the cache */
	size_t entries, bytes;
};
struct rest_login_stats rest_login_stats(const struct rest_login_cache *c);

/* site: one place where the dialect is served: /rest/v1 of plat serve, or the whole of plat rest.
 *
 * Holds the configuration, the current schema cache and its reloading, tokens, counters.
 *
 * Owner    rest_site_new() to rest_site_free(). Threads one loop.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct db;
struct fiber;
struct http_request;
struct keyring;
struct loop;
struct rest_selects;
struct rest_cache;
struct rest_config;
struct rest_login_cache;
struct rest_site;

struct rest_site_stats {
	uint64_t plans_made, plans_used, plans_us, streams, cache_loads, cache_failures;
	uint64_t shapes, shape_us; /* requests parsed, and the time until their plan was found */
	int64_t cache_us;
};

struct rest_site_options {
	struct loop *loop;
	struct db *db;
	const char *prefix;            /* "/rest/v1", or "" */
	struct rest_config *config;    /* with its arena the site's own */
	const struct keyring *keyring; /* of the house: seals columns; NULL otherwise */
	bool is_house; /* plat's own database: plat.enter() opens a request, API keys, strict writes */
	/* (waits) Makes the configuration anew and gives it to rest_site_take_config(); before each reading of the catalogue for which that
	 * was asked, the first one too. May be NULL. */
	void (*on_config)(struct rest_site *s, void *arg);
	void *config_arg;
};

/* Starts loading the schema cache; requests that come before it is there wait for it (at most 10 s, then PGRST002). */
struct rest_site *rest_site_new(const struct rest_site_options *options)
	__attribute__((returns_nonnull));
void rest_site_free(struct rest_site *s); /* (waits, when it is loading) NULL is fine */

/* Answers one request; path is what is below the prefix, raw, beginning with '/'. */
void rest_site_serve(struct rest_site *s, struct http_request *http, struct str path);

/* Tokens are checked with these keys instead of the configuration's (rest_login_keys). */
struct jwk_set;
void rest_site_keys(struct rest_site *s, const struct jwk_set *keys);

void rest_site_reload(struct rest_site *s);        /* the schema cache; bursts are one */
void rest_site_reload_config(struct rest_site *s); /* in-database configuration, then the cache */
/* c and its arena belong to the site from here; the one before goes when no request can read it any more. */
void rest_site_take_config(struct rest_site *s, struct rest_config *c);
bool rest_site_is_ready(const struct rest_site *s); /* a cache is loaded */
const struct rest_config *rest_site_config(const struct rest_site *s);
struct rest_cache *rest_site_cache(const struct rest_site *s); /* borrowed; NULL before the first */
struct rest_site_stats *rest_site_stats(struct rest_site *s);
struct rest_selects *rest_site_selects(const struct rest_site *s);
struct db *rest_site_db(const struct rest_site *s);
bool rest_site_is_house(const struct rest_site *s);
const char *rest_site_prefix(const struct rest_site *s);

/* Runs fn(arg) in a fiber, which the site's end waits for: what its client waited for has to be cancelled before. To be cancelled, and
 * not joined, until fn has returned. */
struct fiber *rest_site_fiber(struct rest_site *s, void (*fn)(void *arg), void *arg)
	__attribute__((returns_nonnull));

/* r->login from the request's headers; -1 with a fault. */
struct rest_request;
int rest_site_login(struct rest_request *r);

/* site_local: the inside of a site. Private to site*.c. */
#pragma once

#include "base/err.h"
#include "mod/rest/cache.h"
#include "mod/rest/site.h"

struct fiber;
struct listener;
struct rest_login_cache;
struct rest_selects;
struct timer;

/* A request that came before there was a cache. */
struct site_waiting {
	struct site_waiting *next;
	struct http_request *http;
	struct str path;
};

struct rest_site {
	struct rest_site_options options;
	struct rest_config *config;
	struct arena *arena;
	struct rest_cache *cache; /* NULL: not yet */
	struct rest_login_cache *logins;
	struct rest_selects *selects;
	struct rest_site_stats stats;

	struct listener *listener;
	struct timer *timer;   /* the end of a burst of notifications, or the next attempt */
	struct fiber *loading; /* NULL: nobody is */
	bool again;            /* asked for while loading */
	bool config_too;
	int failures;
	size_t talks; /* fibers of rest_site_fiber() that have not ended */
	struct site_waiting *waiting, **waiting_end;
	struct timer *waited; /* for the longest */
};

unsigned site_pause_ms(const struct rest_site *s); /* until reading the schema is tried again */
void site_begin(struct rest_site *s, struct http_request *http, struct str path);
void site_wait(struct rest_site *s, struct http_request *http, struct str path);
/* The waiting go on, or are refused when there is no cache. */
void site_wake(struct rest_site *s);

/* The life of a site: its schema cache is read when it starts and whenever somebody says so; meanwhile, and when reading fails, the one
 * before goes on serving. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/log.h"
#include "db/db.h"
#include "db/listen.h"
#include "loop/fiber.h"
#include "loop/timer.h"
#include "mod/rest/config.h"
#include "mod/rest/login.h"
#include "mod/rest/plans.h"
#include "mod/rest/selects.h"
#include "mod/rest/site_local.h"

#define BURST_MS 100
#define PAUSE_MS 1000
#define PAUSE_MAX_MS 32000

static struct rest_cache *load(struct rest_site *s, struct err *e)
{
	const struct rest_config *c = s->config;
	struct rest_cache_options o = {.schemas = c->db_schemas.at,
		.n_schemas = c->db_schemas.n,
		.extra = c->db_extra_search_path.at,
		.n_extra = c->db_extra_search_path.n,
		.hoisted = c->db_hoisted_tx_settings.at,
		.n_hoisted = c->db_hoisted_tx_settings.n};

	struct rest_cache *cache = rest_cache_load(s->options.db, &o, e);
	if (!cache && str_starts(str_of(e->msg), STR("there is no schema")))
		err_prefix(e, "%s", s->options.is_house ? "PLAT_REST_SCHEMAS" : "db-schemas");
	return cache;
}

static void take(struct rest_site *s, struct rest_cache *c)
{
	rest_cache_set_plans(c, rest_plans_new(), rest_plans_free);
	rest_cache_unref(s->cache);
	s->cache = c;
	s->failures = 0;
	s->stats.cache_loads++;
	s->stats.cache_us = rest_cache_load_us(c);
	log_info("rest.schema", LOG_INT("tables", (long long)rest_cache_tables(c)),
		LOG_INT("functions", (long long)rest_cache_funcs(c)),
		LOG_INT("took_us", rest_cache_load_us(c)));
	site_wake(s);
}

unsigned site_pause_ms(const struct rest_site *s)
{
	unsigned ms = PAUSE_MS;

	for (int i = 1; i < s->failures && ms < PAUSE_MAX_MS; i++)
		ms *= 2;
	return ms;
}

static void failed(struct rest_site *s, const struct err *e)
{
	s->failures++;
	s->stats.cache_failures++;
	log_warn("rest.schema.failed", LOG_CSTR("error", e->msg));
	timer_start(s->timer, site_pause_ms(s), 0);
	if (!s->cache)
		site_wake(s);
}

static void load_once(struct rest_site *s)
{
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	struct rest_cache *c = NULL;

	/* Nobody waits for a PostgreSQL that is known to be away. */
	if (s->cache || db_wait(s->options.db, 0, &e) == 0) {
		if (s->config_too && s->options.on_config)
			s->options.on_config(s, s->options.config_arg);
		s->config_too = false;
		c = load(s, &e);
	}
	if (c) {
		take(s, c);
	} else if (e.code != E_CANCEL) {
		failed(s, &e);
	}
	arena_free(a);
}

static void loading(void *arg)
{
	struct rest_site *s = arg;

	do {
		s->again = false;
		load_once(s);
	} while (s->again && !fiber_is_cancelled());
	fiber_detach(s->loading);
	s->loading = NULL;
}

static void load_now(void *arg)
{
	struct rest_site *s = arg;

	if (s->loading)
		s->again = true;
	else
		s->loading = fiber_start(s->options.loop, loading, s);
}

void rest_site_reload(struct rest_site *s)
{
	timer_start(s->timer, BURST_MS, 0);
}

void rest_site_reload_config(struct rest_site *s)
{
	s->config_too = true;
	rest_site_reload(s);
}

static void on_notice(const char *channel, struct str payload, void *arg)
{
	struct rest_site *s = arg;

	(void)channel;
	if (!payload.p) { /* (re)connected: anything may have been missed, but the first time it is being read anyway */
		if (s->cache || s->failures)
			rest_site_reload(s);
	} else if (str_eq(payload, STR("reload config"))) {
		rest_site_reload_config(s);
	} else if (str_eq(payload, STR("reload schema"))) {
		rest_site_reload(s);
	} else if (!payload.len) {
		rest_site_reload_config(s);
	}
}

static void on_waited(void *arg)
{
	site_wake(arg);
}

void rest_site_take_config(struct rest_site *s, struct rest_config *c)
{
	rest_login_configure(s->logins, c);
	if (s->cache)
		rest_plans_own(rest_cache_plans(s->cache), s->config->arena);
	else
		arena_free(s->config->arena);
	s->config = c;
}

struct rest_site *rest_site_new(const struct rest_site_options *options)
{
	struct rest_site *s = calloc(1, sizeof *s);

	if (!s)
		abort();
	s->options = *options;
	s->arena = arena_new();
	s->config = options->config;
	s->waiting_end = &s->waiting;
	s->logins = rest_login_cache_new(s->config);
	s->selects = rest_selects_new();
	s->timer = timer_new(options->loop, load_now, s);
	s->waited = timer_new(options->loop, on_waited, s);
	timer_background(s->timer);
	timer_background(s->waited);
	if (s->config->db_channel_enabled)
		s->listener = db_listen(options->db, str_cstr(s->arena, s->config->db_channel),
			on_notice, s);
	s->config_too = true;
	load_now(s);
	return s;
}

void rest_site_keys(struct rest_site *s, const struct jwk_set *keys)
{
	rest_login_keys(s->logins, keys);
}

void rest_site_free(struct rest_site *s)
{
	if (!s)
		return;
	db_unlisten(s->listener);
	timer_free(s->timer);
	timer_free(s->waited);
	if (s->loading) { /* its end touches s: let it end */
		struct fiber *f = s->loading;
		fiber_cancel(f);
		s->again = false;
		while (s->loading)
			(void)fiber_yield();
	}
	while (s->talks)
		(void)fiber_yield();
	rest_cache_unref(s->cache);
	rest_login_cache_free(s->logins);
	rest_selects_free(s->selects);
	arena_free(s->config->arena);
	arena_free(s->arena);
	free(s);
}

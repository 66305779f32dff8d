#include "mod/site/follow.h"

#include <stdbool.h>
#include <stdlib.h>

#include "app/service.h"
#include "base/arena.h"
#include "db/batch.h"
#include "db/listen.h"
#include "db/result.h"
#include "loop/timer.h"
#include "mod/site/cache.h"
#include "mod/site/host.h"
#include "mod/site/site_local.h"

#define PAUSE_MS 1000

struct site_follow {
	struct site *site;
	struct listener *listings, *display, *sites;
	struct timer *timer;   /* runs while a look is due or was just taken */
	struct arena *looking; /* of the batch in flight; NULL: none */
	char *seen;            /* the snapshot up to which changes are known; NULL: none */
	bool is_dirty;
};

static void look(struct site_follow *f);

static void forget_seen(struct site_follow *f)
{
	free(f->seen);
	f->seen = NULL;
}

/* --- what changed --------------------------------------------------------------------------------- */

static void take(struct site_follow *f, const struct result *r)
{
	struct site_cache *cache = f->site->cache;

	if (!f->seen)
		site_cache_forget_all(cache, false);
	for (int i = 0; i < result_rows(r); i++)
		if (!result_is_null(r, i, 1))
			site_cache_forget(cache, result_text(r, i, 1), false);
	forget_seen(f);
	struct str snapshot = result_text(r, 0, 0);
	f->seen = malloc(snapshot.len + 1);
	if (!f->seen)
		abort();
	for (size_t i = 0; i <= snapshot.len; i++)
		f->seen[i] = snapshot.p[i];
}

static void on_looked(struct batch *b, void *arg)
{
	struct site_follow *f = arg;

	if (batch_code(b)) {
		site_cache_forget_all(f->site->cache, false);
		forget_seen(f);
	} else {
		take(f, batch_result(b, 0));
	}
	arena_free(f->looking);
	f->looking = NULL;
}

static void look(struct site_follow *f)
{
	struct batch *b;

	f->is_dirty = false;
	timer_start(f->timer, PAUSE_MS, 0);
	f->looking = arena_new();
	b = batch_new(f->looking);
	batch_as(b, &site_worker);
	batch_read_only(b);
	batch_add(b,
		"select pg_current_snapshot()::text, c.id from (select) one left join mls.sites_changed_since($1) c (id) on true",
		1, (struct db_param[]){db_text(f->seen)});
	if (!db_submit(f->site->db, b, on_looked, f))
		return;
	site_cache_forget_all(f->site->cache, false);
	forget_seen(f);
	arena_free(f->looking);
	f->looking = NULL;
}

static void on_timer(void *arg)
{
	struct site_follow *f = arg;

	if (!f->is_dirty)
		return;
	if (f->looking)
		timer_start(f->timer, PAUSE_MS, 0);
	else
		look(f);
}

/* --- what is heard -------------------------------------------------------------------------------- */

/* Absent: something may have been missed. */
static void on_listings(const char *channel, struct str payload, void *arg)
{
	struct site_follow *f = arg;

	(void)channel;
	if (!payload.p)
		forget_seen(f);
	if (!f->seen)
		site_cache_forget_all(f->site->cache, false);
	if (site_cache_is_empty(f->site->cache)) {
		forget_seen(f);
		return;
	}
	f->is_dirty = true;
	if (!timer_is_running(f->timer) && !f->looking)
		look(f);
	else if (!timer_is_running(f->timer))
		timer_start(f->timer, PAUSE_MS, 0);
}

static void on_display(const char *channel, struct str payload, void *arg)
{
	struct site_follow *f = arg;

	(void)channel;
	if (payload.len)
		site_cache_forget(f->site->cache, payload, true);
	else
		site_cache_forget_all(f->site->cache, true);
}

static void on_sites(const char *channel, struct str payload, void *arg)
{
	struct site_follow *f = arg;

	on_display(channel, payload, arg);
	site_hosts_forget(f->site->hosts);
}

/* --- life ----------------------------------------------------------------------------------------- */

struct site_follow *site_follow_new(struct site *s)
{
	struct site_follow *f = calloc(1, sizeof *f);

	if (!f)
		abort();
	f->site = s;
	f->timer = timer_new(service_loop(s->service), on_timer, f);
	timer_background(f->timer);
	f->listings = db_listen(s->db, "plat_listings", on_listings, f);
	f->display = db_listen(s->db, "plat_search", on_display, f);
	f->sites = db_listen(s->db, "plat_site", on_sites, f);
	return f;
}

void site_follow_free(struct site_follow *f)
{
	if (!f)
		return;
	db_unlisten(f->listings);
	db_unlisten(f->display);
	db_unlisten(f->sites);
	timer_free(f->timer);
	arena_free(f->looking); /* forgets the batch */
	free(f->seen);
	free(f);
}

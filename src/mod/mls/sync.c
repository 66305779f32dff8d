#include "mod/mls/sync.h"

#include "mod/mls/sync_local.h"

#include "app/worker.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "db/session.h"
#include "loop/fiber.h"
#include "loop/fiber_queue.h"

#define PAGES_AHEAD 1 /* fetched while another one is being loaded */
#define EMPTY_TRIES 2
#define EMPTY_PAUSE_MS 100
#define EMPTY_SLACK 10

/* The fiber that fetches. It and the loader share the queue; the loader waits for it before it returns. */
struct fetcher {
	const struct sync *y;
	struct fiber_queue *pages;
	struct str first;
	bool is_resumed; /* an earlier run read the beginning */
	int64_t fetched;
};

/* Whether the feed still owes rows, as far as its own count tells. Rows come and go while one reads, so a few may be missing. */
static bool is_short(const struct fetcher *f)
{
	int64_t total = f->y->stats.total;

	return !f->is_resumed && total >= 0 && f->fetched + total / 100 + EMPTY_SLACK < total;
}

/* An empty page ends a pass even when the feed hands out another link, but one that comes too early is asked for again: believing
 * it would call the pass complete and never read the rest. */
static struct sync_page *fetch_page(const struct fetcher *f, struct str url)
{
	struct sync_page *p = sync_fetch_page(f->y, url);

	for (int tries = 0;
		!p->err.code && !p->rows_n && (f->is_resumed || is_short(f)) && tries < EMPTY_TRIES;
		tries++) {
		sync_page_free(p);
		if (fiber_sleep_ms(EMPTY_PAUSE_MS))
			return sync_page_failed(url, E_CANCEL, "stopped");
		p = sync_fetch_page(f->y, url);
	}
	if (!p->err.code && !p->rows_n && is_short(f))
		err_set(&p->err, E_UPSTREAM,
			"the feed answered an empty page after %lld of %lld rows",
			(long long)f->fetched, (long long)f->y->stats.total);
	return p;
}

static void fetch_all(void *arg)
{
	struct fetcher *f = arg;
	struct arena *a = arena_new();
	struct str url = str_copy(a, f->first);

	while (url.p) {
		struct sync_page *p = fetch_page(f, url);
		f->fetched += (int64_t)p->rows_n;
		struct str next = p->err.code || !p->rows_n ? STR_NULL : str_copy(a, p->next);
		if (fiber_queue_put(f->pages, p)) {
			sync_page_free(p);
			break;
		}
		url = next;
	}
	fiber_queue_close(f->pages);
	arena_free(a);
}

static void drain(struct fiber_queue *q)
{
	void *p;

	fiber_queue_close(q);
	while (fiber_queue_len(q) && !fiber_queue_take(q, &p))
		sync_page_free(p);
}

/* A link that the feed has forgotten is no failure of the run: it starts anew, and known rows cost little. */
static bool is_stale_link(const struct sync *y, const struct sync_page *p)
{
	bool refused = p->status == 400 || p->status == 404 || p->status == 410;

	return refused && y->cursor.next.p && str_eq(p->url, y->cursor.next) && !y->stats.pages;
}

static int load_page(struct sync *y, struct sync_page *p, int *ret_status, struct err *e)
{
	if (p->err.code) {
		*ret_status = p->status;
		return err_set(e, p->err.code, "%s", p->err.msg);
	}
	if (p->total >= 0)
		y->stats.total = p->total;
	if (sync_page_load(y, p, e))
		return e->code;
	if (y->o->on_page)
		y->o->on_page(&y->stats, y->o->arg);
	return 0;
}

static int load_all(struct sync *y, struct fiber_queue *pages, bool *ret_stale, int *ret_status,
	struct err *e)
{
	void *item;

	for (;;) {
		int code = fiber_queue_take(pages, &item);
		if (code == E_ABSENT)
			return 0;
		if (code)
			return err_set(e, E_CANCEL,
				"stopped; the next run goes on from the last committed page");
		struct sync_page *p = item;
		*ret_stale = is_stale_link(y, p);
		if (!*ret_stale)
			code = load_page(y, p, ret_status, e);
		sync_page_free(p);
		if (code || *ret_stale)
			return code;
	}
}

static int run_pass(struct sync *y, bool *ret_stale, int *ret_status, struct err *e)
{
	struct fetcher f = {.y = y,
		.pages = fiber_queue_new(PAGES_AHEAD),
		.first = sync_fetch_first_url(y),
		.is_resumed = y->cursor.next.p != NULL};
	struct fiber *fiber = fiber_start(y->o->loop, fetch_all, &f);
	int code = load_all(y, f.pages, ret_stale, ret_status, e);

	fiber_queue_close(f.pages);
	fiber_cancel(fiber);
	fiber_join(fiber);
	drain(f.pages);
	fiber_queue_free(f.pages);
	return code;
}

static int run_feed(struct sync *y, int *ret_status, struct err *e)
{
	bool stale = false;

	y->stats.total = sync_fetch_count(y);
	if (run_pass(y, &stale, ret_status, e) || !stale)
		return e->code;
	log_warn("sync.stale_link", LOG_STR("connection_id", y->source.connection_id));
	y->cursor.next = STR_NULL;
	return run_pass(y, &stale, ret_status, e);
}

static int run_file(struct sync *y, struct str text, struct err *e)
{
	struct sync_page *p = sync_page_of_text(text);
	int status, code = load_page(y, p, &status, e);

	sync_page_free(p);
	return code;
}

/* The run's row gets the outcome whatever it is; when not even that can be written, the first reason is what is told. */
static int finish(struct sync *y, int code, int status, struct sync_stats *ret_stats, struct err *e)
{
	struct err second = {.arena = e->arena};
	struct session *s = y->s;

	if (code) { /* the page's transaction, or the whole session, may be broken */
		struct session *fresh;
		session_close(s);
		s = NULL;
		fresh = fiber_is_cancelled() ? NULL : worker_session(y->o->db, &second);
		if (fresh)
			s = fresh;
	}
	y->s = s;
	if (s && sync_run_end(y, code ? e : NULL, status, &second) && !code)
		code = err_set(e, second.code, "%s", second.msg);
	session_close(s);
	log_info("sync.done", LOG_STR("workspace_id", y->o->workspace_id),
		LOG_INT("fetched", y->stats.fetched), LOG_INT("upserted", y->stats.upserted),
		LOG_INT("errors", y->stats.errors), LOG_INT("duration_ms", y->stats.duration_ms),
		LOG_BOOL("ok", !code));
	*ret_stats = y->stats;
	arena_free(y->arena);
	return code;
}

static int begin(struct sync *y, const struct sync_options *o, struct err *e)
{
	*y = (struct sync){.o = o,
		.arena = arena_new(),
		.stats = {.total = -1},
		.began_us = mono_us()};
	y->s = worker_session(o->db, e);
	return y->s ? 0 : e->code;
}

int sync_workspace(const struct sync_options *o, struct str provider, struct sync_stats *ret_stats,
	struct err *e)
{
	struct sync y;
	int status = 0, code = begin(&y, o, e);

	if (!code)
		code = sync_source_find(&y, provider, e);
	if (!code)
		code = sync_run_begin(&y, e);
	if (!code)
		code = sync_source_open(&y, e);
	if (!code)
		code = sync_load_prepare(&y, e);
	if (!code)
		code = run_feed(&y, &status, e);
	return finish(&y, code, status, ret_stats, e);
}

int sync_import(const struct sync_options *o, const char *name, struct str text,
	struct str provider, struct sync_stats *ret_stats, struct err *e)
{
	struct sync y;
	int code = begin(&y, o, e);

	y.source.provider = provider.p ? provider : STR("bridge");
	if (!code)
		code = sync_run_begin(&y, e);
	if (!code)
		code = sync_source_open(&y, e);
	if (!code)
		code = sync_load_prepare(&y, e);
	if (!code)
		code = run_file(&y, text, e);
	if (code)
		err_prefix(e, "%s", name);
	return finish(&y, code, 0, ret_stats, e);
}

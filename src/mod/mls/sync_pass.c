#include "mod/mls/sync_local.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/map.h"
#include "http/client.h"
#include "loop/fiber.h"
#include "loop/fiber_queue.h"
#include "mod/mls/pace_window.h"

#define QUEUE_MAX \
	4096 /* room for the parts of what is in one piece; the fetching stops long before */
#define READY_MAX 2

static struct sync_part *broken(const struct err *e, int status)
{
	struct sync_part *p = sync_part_new(SYNC_PART_BROKEN);

	p->is_final = true;
	p->status = status;
	err_set(&p->err, e->code, "%s", e->msg);
	return p;
}

struct reading {
	struct sync_part *part;
	const struct mapping *mapping;
	const struct sync_row_fields *fields;
};

static void run_reading(void *arg)
{
	struct reading *r = arg;

	sync_part_read(r->part, r->mapping, r->fields);
}

/* Media that are fetched beside the rows become part of them before anybody looks. */
static struct sync_part *read_part(struct sync_pass *pass, struct sync_part *p)
{
	struct sync *y = pass->y;
	struct err e = {.arena = p->arena};
	int status = 0;

	if (p->kind == SYNC_PART_BROKEN || !p->n)
		return p;
	struct reading r = {p, y->mapping, &y->fields};
	fiber_work(run_reading, &r);
	if (sync_url_media(y) != SOURCE_MEDIA_RESOURCE)
		return p;
	if (!sync_media_add(y, &p, &status, &e))
		return p;
	struct sync_part *failed = broken(&e, status);
	sync_part_free(p);
	return failed;
}

static void read_all(void *arg)
{
	struct sync_pass *pass = arg;
	void *item;

	while (!fiber_queue_take(pass->raw, &item)) {
		sync_fetch_resume(pass);
		struct sync_part *p = read_part(pass, item);
		if (fiber_queue_put(pass->ready, p)) {
			sync_part_free(p);
			break;
		}
	}
	fiber_queue_close(pass->raw);
	fiber_queue_close(pass->ready);
}

static void fetch_all(void *arg)
{
	sync_fetch_all(arg);
}

static void drain(struct fiber_queue *q)
{
	void *p;

	fiber_queue_close(q);
	while (fiber_queue_len(q) && !fiber_queue_take(q, &p))
		sync_part_free(p);
	fiber_queue_free(q);
}

int sync_pass_run(struct sync *y, struct str first, bool by_keys, bool *ret_stale, struct err *e)
{
	struct sync_pass pass = {.y = y,
		.arena = arena_new(),
		.raw = fiber_queue_new(QUEUE_MAX),
		.ready = fiber_queue_new(READY_MAX),
		.by_keys = by_keys,
		.total = y->total,
		.is_resumed = y->cursor.next.p != NULL};

	pass.visited = map_new(pass.arena, 0);
	pass.first = str_copy(pass.arena, first);
	struct fiber *fetching = fiber_start(y->o->loop, fetch_all, &pass);
	struct fiber *reading = fiber_start(y->o->loop, read_all, &pass);
	int code = sync_page_load_all(y, pass.ready, ret_stale, e);
	fiber_queue_close(pass.raw);
	fiber_queue_close(pass.ready);
	fiber_cancel(fetching);
	fiber_cancel(reading);
	fiber_join(fetching);
	fiber_join(reading);
	drain(pass.raw);
	drain(pass.ready);
	arena_free(pass.arena);
	return code;
}

static int run_pass(struct sync *y, bool *ret_stale, struct err *e)
{
	struct arena *a = arena_new();
	int code = sync_pass_run(y, sync_url_first(y, a), sync_url_by_keys(y), ret_stale, e);

	arena_free(a);
	return code;
}

/* What the feed refuses is not asked for again: this token has no right to replicate, or replication takes no filter by time. False:
 * that is no explanation. */
static bool learn(struct sync *y, int64_t pages_before, bool *ret_guessed)
{
	struct sync_cursor *c = &y->cursor;
	const struct source_settings *s = &y->source->settings;

	if (y->stats.pages > pages_before)
		return false;
	if (y->status == 400 && s->media == SOURCE_MEDIA_AUTO && !c->no_expand) {
		c->no_expand = *ret_guessed = true;
		return true;
	}
	if (*ret_guessed) /* that was not it */
		c->no_expand = *ret_guessed = false;
	if (sync_url_by_keys(y))
		return false;
	if (y->status == 403 && s->replication == SOURCE_AUTO) {
		c->no_replication = true;
		y->note = STR(
			"the feed does not allow replication with this token: read page by page");
	} else if (y->status == 400 && c->from.p && s->timestamp_filter == SOURCE_AUTO) {
		c->no_stamp_filter = true;
		y->note = STR(
			"replication takes no filter by time here: changes are read page by page");
	} else {
		return false;
	}
	log_info("sync.learnt", LOG_STR("connection_id", y->connection_id),
		LOG_STR("what", y->note));
	return true;
}

static int fail_filter(struct sync *y, struct err *e)
{
	if (y->status == 400 && y->scope->filters[y->cursor.filter].p)
		err_prefix(e, "the filter of \"" STR_FMT "\"", STR_ARG(y->scope->name));
	return e->code;
}

static int run_filter(struct sync *y, struct err *e)
{
	bool guessed = false; /* that expanding media is what it refuses */

	for (int times = 0;; times++) {
		struct err why = {.arena = y->arena};
		bool is_stale = false;
		int64_t pages = y->stats.pages;
		int code = run_pass(y, &is_stale, &why);
		if (is_stale && times < 3) {
			log_warn("sync.stale_link", LOG_STR("connection_id", y->connection_id));
			y->cursor.next = STR_NULL;
		} else if (!code || times >= 3 || !learn(y, pages, &guessed)) {
			if (code)
				err_set(e, code, "%s", why.msg);
			return code ? fail_filter(y, e) : 0;
		}
		y->status = 0;
	}
}

/* How many rows the filter under way has, for the progress and for pages that are empty too early. */
int64_t sync_pass_count(struct sync *y)
{
	struct arena *a = arena_new();
	struct err ignored = {.arena = a};
	struct source_call call = {.url = sync_url_count(y, a), .max_bytes = 1 << 20};
	const struct http_result *r = source_get(y->source, a, &call);

	y->total = -1;
	json_to_i64(json_get(json_parse(a, sync_answer_body(r), &ignored), "@odata.count"),
		&y->total);
	y->stats.total = y->total < 0 ? -1 : y->stats.fetched + y->total;
	if (r->status)
		y->skew_us = pace_window_skew(r, now_us());
	arena_free(a);
	return y->total;
}

/* Increments look back a little: feeds are not strictly ordered, and what comes again changes nothing. False: one is under way. */
static bool begin_round(struct sync *y)
{
	struct sync_cursor *c = &y->cursor;
	int64_t seen_us, back_us = y->source->settings.overlap_minutes * 60 * US_PER_SECOND;
	char text[CLOCK_ISO_SIZE];

	if (c->is_open)
		return false;
	c->is_open = true;
	c->filter = 0;
	c->from = c->next = STR_NULL;
	if (!c->complete || !clock_parse_iso(c->seen, &seen_us))
		return true;
	seen_us = (seen_us - back_us) / US_PER_SECOND * US_PER_SECOND;
	c->from = str_copy(y->arena, str_of(clock_format_iso(text, seen_us)));
	return true;
}

/* By the source's clock, as far as its answer to the count tells. */
static void note_begin(struct sync *y)
{
	char text[CLOCK_ISO_SIZE];

	y->cursor.began = str_copy(y->arena, str_of(clock_format_iso(text, now_us() + y->skew_us)));
}

/* A cursor in the future of the source's clock would not see anything again for long, so it is none. */
static void check_future(struct sync *y)
{
	struct sync_cursor *c = &y->cursor;
	int64_t seen_us;

	if (!clock_parse_iso(c->seen, &seen_us) ||
		seen_us <= now_us() + y->skew_us + 2 * 3600 * US_PER_SECOND)
		return;
	y->note =
		STR("the cursor was in the future of the source's clock: everything is read again");
	log_warn("sync.future_cursor", LOG_STR("connection_id", y->connection_id));
	c->seen = c->from = c->next = STR_NULL;
	c->filter = 0;
	sync_pass_count(y);
}

/* A row that changed behind the reader's back while the round went on is older than the last row that was read, so the next round looks at
 * everything since this one began. */
static void hold_back(struct sync_cursor *c)
{
	int64_t seen_us, began_us;

	if (clock_parse_iso(c->began, &began_us) && clock_parse_iso(c->seen, &seen_us) &&
		seen_us > began_us)
		c->seen = c->began;
	c->began = STR_NULL;
}

void sync_pass_end(struct sync *y)
{
	struct sync_cursor *c = &y->cursor;

	c->next = STR_NULL;
	if (!y->scope)
		return;
	if ((size_t)++c->filter < y->scope->n_filters && !(y->is_full && !c->from.p))
		return;
	c->filter = 0;
	c->is_open = false;
	c->from = STR_NULL;
	c->complete = true;
	hold_back(c);
}

int sync_pass_scope(struct sync *y, struct err *e)
{
	bool is_new = begin_round(y);

	do {
		int before = y->cursor.filter;
		sync_pass_count(y);
		if (is_new)
			note_begin(y);
		is_new = false;
		if (before == 0)
			check_future(y);
		if (run_filter(y, e))
			return e->code;
		if (y->cursor.is_open && y->cursor.filter == before)
			return err_set(e, E_UPSTREAM, "the feed ended a page without saying so");
	} while (y->cursor.is_open);
	return 0;
}

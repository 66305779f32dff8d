#include "mod/mls/sync_local.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/map.h"
#include "http/client.h"
#include "loop/fiber.h"
#include "loop/fiber_queue.h"
#include "mod/mls/pace_window.h"
#include "mod/mls/sync_scan.h"

#define TRIES 5      /* of a request that fails for reasons which may pass */
#define LOOP_TRIES 2 /* of a page whose next link leads back: the feed may have sent a page twice */
#define RATE_TRIES 12 /* of a request that came too early */
#define PAUSE_MS 250  /* before the second try; doubles */
#define RATE_PAUSE_MS 5000
#define RATE_PAUSE_MAX_MS 900000
#define PAGE_TIMEOUT_MS \
	1800000 /* a page is read no faster than it is loaded; a silence of a minute ends it before */
#define JSON_MAX (8u << 20)
#define PARTS_AHEAD 3

/* One try at a page. */
struct attempt {
	struct sync_pass *pass;
	struct arena *arena;
	struct sync_scan scan;
	struct sync_part *part; /* being filled; holds the last row of all until the page ends */
	int64_t rows;
	bool is_begun; /* parts of it went out */
	struct str next;
	int64_t total;
	struct err err;
	int status;
	int64_t again_ms; /* what the source said */
	int tries_max;
};

static void put(struct sync_pass *pass, struct sync_part *p)
{
	if (fiber_queue_try_put(pass->raw, p))
		return;
	sync_part_free(p); /* closed: nobody reads on */
}

static struct buf *on_begin(void *arg)
{
	struct attempt *t = arg;

	if (t->part->text.len >= SYNC_PART_SIZE && t->part->n) {
		put(t->pass, t->part);
		t->part = sync_part_new(SYNC_PART_ROWS);
		t->is_begun = true;
	}
	return &t->part->text;
}

static void on_row(void *arg, size_t at, size_t len)
{
	struct attempt *t = arg;

	sync_part_add(t->part, at, len);
	t->rows++;
}

static void on_skipped(void *arg)
{
	struct attempt *t = arg;

	t->part->skipped++;
	t->rows++;
	log_warn("sync.row_too_large", LOG_STR("run_id", t->pass->y->run_id),
		LOG_INT("limit", SYNC_ROW_MAX));
}

static const struct sync_scan_to taker = {on_begin, on_row, on_skipped, NULL};

static int take_piece(struct str piece, void *arg)
{
	struct attempt *t = arg;

	if (fiber_queue_len(t->pass->raw) >= PARTS_AHEAD) {
		t->pass->is_paused = true;
		return HTTP_SINK_PAUSE;
	}
	sync_scan_add(&t->scan, piece);
	return 0;
}

void sync_fetch_resume(struct sync_pass *pass)
{
	if (!pass->is_paused || !pass->call)
		return;
	pass->is_paused = false;
	http_call_resume(pass->call);
}

static bool may_pass(int status)
{
	return status == 0 || status == 408 || status >= 500;
}

/* How long to wait before the request is tried again; -1: it is not. */
static int64_t pause_before(const struct err *e, int status, int64_t again_ms, int tries,
	int tries_max)
{
	if (status == 429) {
		if (tries >= RATE_TRIES)
			return -1;
		if (again_ms < 0) /* with jitter, so that several do not come back together */
			again_ms = (int64_t)RATE_PAUSE_MS * tries + random() % 1000;
		return again_ms > RATE_PAUSE_MAX_MS ? RATE_PAUSE_MAX_MS
			: again_ms < 10             ? 10
						    : again_ms;
	}
	if (tries >= tries_max || e->code == E_CANCEL || e->code == E_LIMIT || e->code == E_RATE ||
		e->code == E_LOGIN)
		return -1;
	if (!may_pass(status) && status != 200)
		return -1;
	return (int64_t)PAUSE_MS << (tries - 1);
}

static const struct sync_row *last_row(const struct attempt *t)
{
	return t->part->n ? &t->part->rows[t->part->n - 1] : NULL;
}

/* Pages by our own filters go on behind the last row, whatever the feed calls the next page. */
static void find_next(struct attempt *t, const struct http_result *r, struct str in_body)
{
	struct sync *y = t->pass->y;
	struct str link = sync_answer_link(t->arena, y->source, r, in_body);
	const struct sync_row *last = last_row(t);

	if (!t->pass->by_keys || !last) {
		t->next = link;
		return;
	}
	if (t->rows < sync_url_size(y) && !link.p)
		return;
	struct sync_part one = {.arena = t->arena, .text = t->part->text, .n = 1};
	struct sync_row row = *last;
	one.rows = &row;
	sync_part_read(&one, y->mapping, &y->fields);
	struct str behind = row.problem ? STR_NULL : sync_url_after(y, t->arena, &row.head);
	t->next = behind.p ? behind : link;
	if (!t->next.p)
		err_set(&t->err, E_UPSTREAM,
			"rows without " STR_FMT
			" cannot be read page by page; the setting cursor_field names the field that has the time of a row's last change",
			STR_ARG(y->source->settings.cursor_field));
}

static void check_next(struct attempt *t, struct str url)
{
	if (!t->next.p || !t->rows)
		return;
	if (!str_eq(t->next, url) && !map_has(t->pass->visited, t->next))
		return;
	t->tries_max = LOOP_TRIES;
	err_set(&t->err, E_UPSTREAM,
		t->pass->by_keys
			? "the feed goes backwards: behind its last row it brings rows that it brought before"
			: "the feed's next link leads back to a page that was read already");
}

static void read_answer(struct attempt *t, const struct http_result *r, struct str url)
{
	struct sync_answer answer;

	if (sync_scan_end(&t->scan, &t->err) ||
		sync_answer_read(t->arena, buf_view(&t->scan.envelope), &answer, &t->err))
		return;
	if (answer.is_listing) {
		err_set(&t->err, E_UPSTREAM, "the answer has no array `value`");
		return;
	}
	t->total = answer.total;
	find_next(t, r, answer.next);
	check_next(t, url);
}

static void try_page(struct attempt *t, struct str url)
{
	struct sync *y = t->pass->y;
	struct sync_scan_to to = taker;
	char prefer[64];

	to.arg = t;
	sync_scan_init(&t->scan, SYNC_ROW_MAX, &to);
	struct source_call call = {.url = url,
		.prefer = str_from(prefer,
			(size_t)snprintf(prefer, sizeof prefer, "odata.maxpagesize=%d",
				sync_url_size(y))),
		.max_bytes = (size_t)1 << 40,
		.timeout_ms = PAGE_TIMEOUT_MS,
		.sink = take_piece,
		.arg = t,
		.ret_call = &t->pass->call,
		.ret_again_ms = &t->again_ms};
	t->pass->is_paused = false;
	t->tries_max = source_has(y->source, t->arena, url) ? TRIES : 1;
	const struct http_result *r = source_get(y->source, t->arena, &call);
	t->pass->call = NULL;
	t->status = r->status;
	y->skew_us = r->status ? pace_window_skew(r, now_us()) : y->skew_us;
	if (r->err.code)
		err_set(&t->err, r->err.code, "%s", r->err.msg);
	else if (r->status != 200)
		sync_answer_refused(t->arena, r, &t->err);
	else
		read_answer(t, r, url);
	sync_scan_done(&t->scan);
}

static void begin_attempt(struct attempt *t, struct sync_pass *pass)
{
	*t = (struct attempt){.pass = pass,
		.arena = arena_new(),
		.part = sync_part_new(SYNC_PART_ROWS),
		.total = -1,
		.again_ms = -1};
	t->err.arena = t->arena;
}

static void end_attempt(struct attempt *t)
{
	sync_part_free(t->part);
	arena_free(t->arena);
}

/* Those who took parts of the page hear that it is void. */
static void put_broken(struct attempt *t, bool is_final, bool is_stale)
{
	struct sync_part *p = sync_part_new(SYNC_PART_BROKEN);

	p->status = t->status;
	p->is_final = is_final;
	p->is_stale = is_stale;
	err_set(&p->err, t->err.code, "%s",
		t->err.msg ? t->err.msg : "the page has to be read again");
	put(t->pass, p);
}

/* Whether the feed still owes rows, as far as its own count tells. Rows come and go while one reads, so a few may be missing. */
static bool is_short(const struct sync_pass *pass)
{
	int64_t total = pass->total;

	return !pass->is_resumed && total >= 0 && pass->fetched + total / 100 + 10 < total;
}

/* An empty page ends a pass even when the feed hands out another link, but one that comes too early is asked for again: believing
 * it would call the pass complete and never read the rest. */
static int64_t check_empty(struct attempt *t, int tries)
{
	const struct sync_pass *pass = t->pass;

	if (t->err.code || t->rows)
		return -1;
	if (tries <= 2 && (pass->is_resumed || is_short(pass)))
		return 100;
	if (is_short(pass))
		err_set(&t->err, E_UPSTREAM,
			"the feed answered an empty page after %lld of %lld rows",
			(long long)pass->fetched, (long long)pass->total);
	return -1;
}

/* A link that the feed has forgotten, or that leads away from it, is no failure of the run: it starts anew, and known rows cost little. */
static bool is_stale_link(const struct attempt *t, struct str url)
{
	const struct sync_pass *pass = t->pass;
	bool refused = t->status == 400 || t->status == 404 || t->status == 410 ||
		!source_has(pass->y->source, t->arena, url);

	return refused && pass->is_resumed && str_eq(url, pass->first);
}

static struct str put_page(struct attempt *t, struct arena *a)
{
	struct str next = t->rows ? str_copy(a, t->next) : STR_NULL;

	t->part->kind = SYNC_PART_END;
	t->part->next = str_copy(t->part->arena, next);
	t->part->total = t->total;
	t->pass->fetched += t->rows;
	put(t->pass, t->part);
	t->part = NULL;
	return next;
}

/* One page, with patience. Absent: there is no other one, or nobody wants it. */
static struct str fetch_page(struct sync_pass *pass, struct str url, struct arena *a)
{
	struct str next = STR_NULL;

	for (int tries = 1;; tries++) {
		struct attempt t;
		begin_attempt(&t, pass);
		try_page(&t, url);
		int64_t pause = check_empty(&t, tries);
		if (t.err.code)
			pause = pause_before(&t.err, t.status, t.again_ms, tries, t.tries_max);
		bool ends = pause < 0;
		if (!ends)
			log_warn("sync.retry", LOG_INT("try", tries), LOG_INT("pause_ms", pause),
				LOG_ERR(&t.err));
		if (ends && !t.err.code)
			next = put_page(&t, a);
		else if (ends || t.is_begun)
			put_broken(&t, ends, is_stale_link(&t, url));
		end_attempt(&t);
		if (ends || fiber_sleep_ms((uint64_t)pause))
			return next;
	}
}

void sync_fetch_all(struct sync_pass *pass)
{
	struct arena *a = pass->arena;
	struct str url = pass->first;

	while (url.p && !fiber_is_cancelled()) {
		map_put(pass->visited, url, pass);
		url = fetch_page(pass, url, a);
	}
	fiber_queue_close(pass->raw);
}

const struct json *sync_fetch_json(struct sync *y, struct arena *a, struct str url,
	const struct http_result **ret_result, int *ret_status, struct err *e)
{
	for (int tries = 1;; tries++) {
		struct err why = {.arena = a};
		int64_t again_ms = -1;
		struct source_call call = {.url = url,
			.max_bytes = JSON_MAX,
			.ret_again_ms = &again_ms};
		const struct http_result *r = source_get(y->source, a, &call);
		const struct json *v = NULL;
		*ret_result = r;
		*ret_status = r->status;
		if (r->err.code)
			err_set(&why, r->err.code, "%s", r->err.msg);
		else if (r->status != 200)
			sync_answer_refused(a, r, &why);
		else if (!(v = json_parse(a, r->body, &why)))
			err_prefix(&why, "the answer is no complete JSON");
		if (v)
			return v;
		int64_t pause = pause_before(&why, r->status, again_ms, tries, TRIES);
		if (pause < 0 || fiber_sleep_ms((uint64_t)pause)) {
			err_set(e, why.code, "%s", why.msg);
			return NULL;
		}
	}
}

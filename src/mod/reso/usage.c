#include "mod/reso/usage.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "db/batch.h"
#include "http/reply.h"
#include "loop/fiber.h"
#include "loop/timer.h"
#include "mod/reso/call.h"

#define ID_LEN 36
#define MINUTE_S 60
#define HOUR_S 3600

/* Answered in this window, and not yet, or just being, added to the row. */
struct window {
	int64_t at; /* which minute or hour since 1970 */
	int64_t pending, flying;
};

struct entry {
	char workspace_id[ID_LEN], id[ID_LEN];
	struct window minute, hour;
};

struct reso_usage {
	struct loop *loop;
	struct db *db;
	struct timer *timer;
	struct entry *entries; /* of consumers that asked within the last second or two */
	size_t n, cap;
	bool is_flying;
};

static void flush(struct reso_usage *u);

static void on_timer(void *arg)
{
	flush(arg);
}

struct reso_usage *reso_usage_new(struct loop *loop, struct db *db)
{
	struct reso_usage *u = calloc(1, sizeof *u);

	if (!u)
		abort();
	u->loop = loop;
	u->db = db;
	u->timer = timer_new(loop, on_timer, u);
	timer_background(u->timer);
	return u;
}

void reso_usage_free(struct reso_usage *u)
{
	if (!u)
		return;
	timer_free(u->timer);
	free(u->entries);
	free(u);
}

static struct entry *entry_of(struct reso_usage *u, const struct reso_consumer *who)
{
	for (size_t i = 0; i < u->n; i++)
		if (!memcmp(u->entries[i].id, who->id.p, ID_LEN))
			return &u->entries[i];
	if (u->n == u->cap) {
		u->cap = u->cap ? 2 * u->cap : 16;
		u->entries = realloc(u->entries, u->cap * sizeof *u->entries);
		if (!u->entries)
			abort();
	}
	struct entry *e = &u->entries[u->n++];
	memset(e, 0, sizeof *e);
	memcpy(e->id, who->id.p, ID_LEN);
	memcpy(e->workspace_id, who->workspace_id.p, ID_LEN);
	return e;
}

/* --- adding --------------------------------------------------------------------------------------- */

static void add_time(struct buf *b, int64_t at, int64_t span_s)
{
	char text[CLOCK_ISO_SIZE];

	buf_char(b, '"');
	buf_cstr(b, clock_format_iso(text, at * span_s * US_PER_SECOND));
	buf_char(b, '"');
}

/* The counts as arrays of PostgreSQL; they fly from here on. */
static bool collect(struct reso_usage *u, struct buf arrays[6])
{
	bool any = false;

	for (int i = 0; i < 6; i++)
		buf_init(&arrays[i], 0), buf_char(&arrays[i], '{');
	for (size_t i = 0; i < u->n; i++) {
		struct entry *e = &u->entries[i];
		if (!e->hour.pending)
			continue;
		for (int k = 0; k < 6 && any; k++)
			buf_char(&arrays[k], ',');
		any = true;
		buf_add(&arrays[0], e->workspace_id, ID_LEN);
		buf_add(&arrays[1], e->id, ID_LEN);
		add_time(&arrays[2], e->minute.at, MINUTE_S);
		buf_i64(&arrays[3], e->minute.pending);
		add_time(&arrays[4], e->hour.at, HOUR_S);
		buf_i64(&arrays[5], e->hour.pending);
		e->minute.flying = e->minute.pending;
		e->hour.flying = e->hour.pending;
		e->minute.pending = e->hour.pending = 0;
	}
	for (int i = 0; i < 6; i++)
		buf_char(&arrays[i], '}');
	return any;
}

/* Who has not asked since goes; what was not taken is added next time. */
static void landed(struct reso_usage *u, bool is_added)
{
	size_t kept = 0;

	for (size_t i = 0; i < u->n; i++) {
		struct entry *e = &u->entries[i];
		if (!is_added) {
			e->minute.pending += e->minute.flying;
			e->hour.pending += e->hour.flying;
		}
		e->minute.flying = e->hour.flying = 0;
		if (e->hour.pending)
			u->entries[kept++] = *e;
	}
	u->n = kept;
	u->is_flying = false;
}

static struct batch *batch_of(struct arena *a, struct buf arrays[6])
{
	struct batch *b = batch_new(a);
	struct db_param params[6];

	for (int i = 0; i < 6; i++)
		params[i] = db_str(str_copy(a, buf_view(&arrays[i])));
	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	batch_add(b, "select mls.count_reso_usage($1, $2, $3, $4, $5, $6)", 6, params);
	return b;
}

static void flush_now(struct reso_usage *u)
{
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	struct buf arrays[6];
	bool any = collect(u, arrays);

	u->is_flying = true;
	if (any && db_run(u->db, batch_of(a, arrays), &e))
		log_warn("reso.usage", LOG_ERR(&e));
	for (int i = 0; i < 6; i++)
		buf_done(&arrays[i]);
	landed(u, !e.code);
	if (u->n && !timer_is_running(u->timer))
		timer_start(u->timer, RESO_FLUSH_MS, 0);
	arena_free(a);
}

static void on_fiber(void *arg)
{
	flush_now(arg);
}

static void flush(struct reso_usage *u)
{
	if (!u->is_flying)
		fiber_go(u->loop, on_fiber, u);
}

void reso_usage_flush(struct reso_usage *u)
{
	while (u->is_flying)
		fiber_yield();
	flush_now(u);
	timer_stop(u->timer);
}

/* --- taking --------------------------------------------------------------------------------------- */

static void roll(struct window *w, int64_t at)
{
	if (w->at != at)
		*w = (struct window){.at = at};
}

struct budget {
	int64_t most, used, reset_s; /* reset_s: since 1970 */
};

static struct budget budget_of(const struct window *w, int64_t span_s, int64_t most, int64_t row_at,
	int64_t row_used)
{
	return (struct budget){.most = most,
		.used = (row_at == w->at ? row_used : 0) + w->pending + w->flying,
		.reset_s = (w->at + 1) * span_s};
}

static void announce(struct reso_call *c, const char *limit, const char *remaining,
	const char *reset, const struct budget *b)
{
	char at[CLOCK_ISO_SIZE];

	clock_format_iso(at, b->reset_s * US_PER_SECOND);
	http_reply_header(c->http, limit, str_printf(c->arena, "%lld", (long long)b->most));
	http_reply_header(c->http, remaining,
		str_printf(c->arena, "%lld",
			(long long)(b->used < b->most ? b->most - b->used : 0)));
	http_reply_header(c->http, reset, str_of(at));
}

static void announce_both(struct reso_call *c, const struct budget *minute,
	const struct budget *hour)
{
	announce(c, "Burst-RateLimit-Limit", "Burst-RateLimit-Remaining", "Burst-RateLimit-Reset",
		minute);
	announce(c, "Application-RateLimit-Limit", "Application-RateLimit-Remaining",
		"Application-RateLimit-Reset", hour);
}

static int refuse(struct reso_call *c, const struct budget *b, const char *span)
{
	int64_t wait_s = b->reset_s - c->now_us / US_PER_SECOND;

	http_reply_header(c->http, "Retry-After",
		str_printf(c->arena, "%lld", (long long)(wait_s > 1 ? wait_s : 1)));
	return reso_fault(c, 429, "more than %lld requests in this %s: go on after Retry-After",
		(long long)b->most, span);
}

int reso_usage_take(struct reso_call *c)
{
	struct reso_usage *u = c->site->usage;
	struct reso_consumer *who = &c->who;
	struct entry *e = entry_of(u, who);
	int64_t now_s = c->now_us / US_PER_SECOND;

	roll(&e->minute, now_s / MINUTE_S);
	roll(&e->hour, now_s / HOUR_S);
	struct budget minute =
		budget_of(&e->minute, MINUTE_S, who->per_minute, who->minute_at, who->minute_used);
	struct budget hour =
		budget_of(&e->hour, HOUR_S, who->per_hour, who->hour_at, who->hour_used);
	bool is_over = minute.used >= minute.most || hour.used >= hour.most;
	if (!is_over) {
		e->minute.pending++, minute.used++;
		e->hour.pending++, hour.used++;
		if (!timer_is_running(u->timer))
			timer_start(u->timer, RESO_FLUSH_MS, 0);
	}
	announce_both(c, &minute, &hour);
	if (!is_over)
		return 0;
	return hour.used >= hour.most ? refuse(c, &hour, "hour") : refuse(c, &minute, "minute");
}

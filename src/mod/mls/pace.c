#include "mod/mls/pace.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "db/batch.h"
#include "db/result.h"
#include "http/client.h"
#include "loop/fiber.h"
#include "mod/mls/pace_window.h"
#include "mod/mls/source.h"

#define SAVE_EVERY_US (5 * US_PER_SECOND)
#define PIECE_MS \
	1000 /* a long wait looks again now and then: another process may have heard of more room */

struct pace {
	struct db *db;
	struct str workspace_id, connection_id;
	struct pace_window windows[PACE_SPANS];
	int64_t saved_us;
	bool is_near; /* a limit: what others used matters now */
};

static const char load_sql[] =
	"select span, used, most, remaining, (extract(epoch from now() - started_at) * 1000000)::bigint as age_us, "
	"(extract(epoch from reset_at - now()) * 1000000)::bigint as reset_in_us "
	"from mls.rate_windows where workspace_id = $1 and mls_connection_id = $2";

static const char save_sql[] =
	"insert into mls.rate_windows as w (workspace_id, mls_connection_id, span, used, most, remaining, reset_at) "
	"values ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7)) "
	"on conflict (workspace_id, mls_connection_id, span) do update set "
	"started_at = case when now() >= w.started_at + ('1 ' || w.span)::interval then now() else w.started_at end, "
	"used = case when now() >= w.started_at + ('1 ' || w.span)::interval then 0 else w.used end + excluded.used, "
	"most = coalesce(excluded.most, w.most), "
	"remaining = coalesce(excluded.remaining, case when w.reset_at > now() then w.remaining end), "
	"reset_at = coalesce(excluded.reset_at, case when w.reset_at > now() then w.reset_at end) "
	"returning span, used, most, remaining, (extract(epoch from now() - started_at) * 1000000)::bigint as age_us, "
	"(extract(epoch from reset_at - now()) * 1000000)::bigint as reset_in_us";

static int64_t number(const struct result *r, int row, const char *name, int64_t otherwise)
{
	int col = result_col(r, name);

	return result_is_null(r, row, col) ? otherwise : result_i64(r, row, col);
}

static void take_row(struct pace *p, const struct result *r, int row)
{
	struct str span = result_text(r, row, result_col(r, "span"));
	int64_t now = now_us(), reset_in = number(r, row, "reset_in_us", 0);

	for (int s = 0; s < PACE_SPANS; s++) {
		struct pace_window *w = &p->windows[s];
		if (!str_eq(span, str_of(pace_span_names[s])))
			continue;
		w->used = number(r, row, "used", 0);
		w->started_us = now - number(r, row, "age_us", 0);
		w->most = number(r, row, "most", w->most);
		w->remaining = reset_in > 0 ? number(r, row, "remaining", -1) : -1;
		w->reset_us = reset_in > 0 ? now + reset_in : 0;
		w->unsaved = 0;
	}
}

static struct batch *new_batch(struct arena *a)
{
	struct batch *b = batch_new(a);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	return b;
}

/* What was counted stays counted here when the database is away. */
static bool run(struct pace *p, struct batch *b, struct arena *a)
{
	struct err e = {.arena = a};

	if (db_run(p->db, b, &e)) {
		log_debug("pace.not_saved", LOG_ERR(&e));
		return false;
	}
	for (int i = 0; i < batch_len(b); i++)
		for (int row = 0; row < result_rows(batch_result(b, i)); row++)
			take_row(p, batch_result(b, i), row);
	return true;
}

static void set_limits(struct pace *p, const struct source_settings *limits)
{
	for (int s = 0; s < PACE_SPANS; s++)
		p->windows[s].remaining = -1;
	if (!limits)
		return;
	p->windows[PACE_MINUTE].limit = limits->requests_per_minute;
	p->windows[PACE_HOUR].limit = limits->requests_per_hour;
	p->windows[PACE_DAY].limit = limits->requests_per_day;
}

struct pace *pace_new(struct arena *a, struct db *db, struct str workspace_id,
	struct str connection_id, const struct source_settings *limits)
{
	struct pace *p = ARENA_NEW(a, struct pace);
	struct db_param params[] = {db_str(workspace_id), db_str(connection_id)};
	struct arena *scratch = arena_new();

	*p = (struct pace){.db = db,
		.workspace_id = str_copy(a, workspace_id),
		.connection_id = str_copy(a, connection_id),
		.saved_us = mono_us()};
	set_limits(p, limits);
	struct batch *b = new_batch(scratch);
	batch_add(b, load_sql, 2, params);
	run(p, b, scratch);
	arena_free(scratch);
	return p;
}

static void add_window(struct pace *p, struct batch *b, struct arena *a, enum pace_span s)
{
	const struct pace_window *w = &p->windows[s];
	bool told = w->remaining >= 0 && w->reset_us;
	struct db_param params[] = {db_str(p->workspace_id), db_str(p->connection_id),
		db_text(pace_span_names[s]), db_i64(a, w->unsaved),
		w->most ? db_i64(a, w->most) : db_null(),
		told ? db_i64(a, w->remaining) : db_null(),
		told ? db_f64(a, (double)(w->reset_us - now_us()) / US_PER_SECOND) : db_null()};

	batch_add(b, save_sql, 7, params);
}

void pace_save(struct pace *p)
{
	struct arena *a = arena_new();
	struct batch *b = new_batch(a);

	for (int s = 0; s < PACE_SPANS; s++)
		if (p->windows[s].unsaved)
			add_window(p, b, a, s);
	p->saved_us = mono_us();
	if (batch_len(b))
		run(p, b, a);
	arena_free(a);
}

int pace_before(struct pace *p, int64_t most_ms, struct err *e)
{
	int64_t end = mono_us() + most_ms * US_PER_MS, wait;

	if (p->is_near || mono_us() - p->saved_us > SAVE_EVERY_US)
		pace_save(p);
	while ((wait = pace_window_wait(p->windows, now_us())) > 0) {
		if (mono_us() + wait > end)
			return err_set(e, E_RATE,
				"the requests that the source allows are used up for another %lld s",
				(long long)(wait / US_PER_SECOND + 1));
		int64_t ms = wait / US_PER_MS + 1;
		if (fiber_sleep_ms((uint64_t)(ms < PIECE_MS ? ms : PIECE_MS)))
			return err_set(e, E_CANCEL, "stopped");
	}
	pace_window_count(p->windows, now_us());
	return 0;
}

int64_t pace_after(struct pace *p, const struct http_result *result)
{
	int64_t now = now_us(), ms = http_result_retry_ms(result), wait;

	if (!result->status)
		return -1;
	p->is_near = pace_window_read(p->windows, result, now) || result->status == 429;
	if (result->status != 429 && result->status != 503)
		return -1;
	if (ms >= 0) {
		/* A date is by the source's clock, seconds are not. */
		int64_t seconds;
		if (!str_to_i64(http_result_header(result, "retry-after"), &seconds))
			ms -= pace_window_skew(result, now) / US_PER_MS;
		return ms > 0 ? ms : 0;
	}
	wait = pace_window_wait(p->windows, now);
	return wait > 0 ? wait / US_PER_MS + 100 : -1;
}

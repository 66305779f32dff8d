/* The follower: one fiber of the store that brings the indexes in step with what was committed.
 *
 * A round reads what is not visible in the snapshot of the round before, in one query for all workspaces, and begins when a notice came
 * (at most ten times a second), and every second without one. What has just been loaded is brought up to date by itself in the
 * same fiber, after the round, and goes along from then on: its snapshot is not older than the round's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "db/batch.h"
#include "db/db.h"
#include "db/listen.h"
#include "db/result.h"
#include "loop/fiber.h"
#include "loop/timer.h"
#include "mod/search/store_local.h"

#define BURST_US (100 * US_PER_MS)
#define POLL_US US_PER_SECOND
/* Removals are kept for seven days (mod/search: search.sweep). */
#define AWAY_US (6 * US_PER_DAY)

void search_follow_soon(struct search_store *st)
{
	if (!st->is_stopping) /* it may have ended already */
		fiber_wake(st->follower);
}

static void on_timer(void *arg)
{
	search_follow_soon(arg);
}

static void on_changes(const char *channel, struct str payload, void *arg)
{
	struct search_store *st = arg;

	(void)channel;
	(void)payload;
	st->has_heard = true;
	search_follow_soon(st);
}

static void renew_all(struct search_store *st)
{
	for (size_t i = 0; i < st->n; i++)
		search_held_outdated(st->held[i]);
}

static void on_renewals(const char *channel, struct str payload, void *arg)
{
	struct search_store *st = arg;

	(void)channel;
	if (payload.len)
		search_store_renew(st, payload);
	else if (payload.p) /* all listings at once: truncate */
		renew_all(st);
	else
		st->must_check = st->has_heard = true;
	search_follow_soon(st);
}

/* Of those that serve; each is in use. */
static size_t joined(struct search_store *st, struct arena *a, struct search_held ***ret)
{
	struct search_held **list = arena_array(a, st->n, sizeof *list);
	size_t n = 0;

	for (size_t i = 0; i < st->n; i++)
		if (st->held[i]->ix) {
			search_held_use(st->held[i]);
			list[n++] = st->held[i];
		}
	*ret = list;
	return n;
}

static void release_all(struct search_held **held, size_t n)
{
	for (size_t i = 0; i < n; i++)
		search_held_release(held[i]);
}

/* Another life of the server: what it had committed without waiting for the disk may be gone, and its numbers given anew. */
static int look_at_server(struct search_store *st, struct arena *a, struct err *e)
{
	static const struct stmt head = {"search_follow_head",
		"select mls.server_life(), (extract(epoch from now()) * 1000000)::bigint, (now() at time zone 'UTC')::date, "
		"coalesce(pg_snapshot_xmax(pg_current_snapshot()) < pg_snapshot_xmax($1::pg_snapshot), false)"};
	struct db_param since = db_text(st->since);
	struct batch *b = batch_new(a);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	batch_read_only(b);
	batch_add_prepared(b, &head, 1, &since);
	if (db_run(st->db, b, e))
		return e->code;
	struct result *r = batch_result(b, 0);
	const char *life = result_text(r, 0, 0).p;
	int64_t now = result_i64(r, 0, 1);
	bool is_another = st->life[0] && (strcmp(st->life, life) != 0 || result_bool(r, 0, 3));
	if (is_another || (st->server_us && now - st->server_us > AWAY_US)) {
		log_warn("search.renewed",
			LOG_STR("because",
				is_another ? STR("the database was started anew")
					   : STR("the follower was away for days")));
		renew_all(st);
	}
	snprintf(st->life, sizeof st->life, "%s", life);
	snprintf(st->today, sizeof st->today, "%s", result_text(r, 0, 2).p);
	st->server_us = now;
	return 0;
}

/* Also what is being loaded: it may have begun while nobody listened. */
static bool has_other_profile(const struct search_held *h, uint64_t profile)
{
	return (h->ix && h->profile != profile) || (h->next_since && h->next_profile != profile);
}

/* Notices of renewal may have been lost while nobody listened. */
static int look_at_profiles(struct search_store *st, struct arena *a, struct err *e)
{
	static const char sql[] =
		"select p.workspace_id, hashtextextended(p::text, 0) from mls.compliance_profiles p";
	struct batch *b = batch_new(a);
	struct uuid id;

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	batch_read_only(b);
	batch_add(b, sql, 0, NULL);
	if (db_run(st->db, b, e))
		return e->code;
	struct result *r = batch_result(b, 0);
	bool *seen = arena_array(a, st->n, sizeof *seen);
	for (int i = 0; i < result_rows(r); i++) {
		struct search_held *h =
			uuid_parse(result_text(r, i, 0), &id) ? search_held_find(st, id) : NULL;
		if (!h)
			continue;
		for (size_t at = 0; at < st->n; at++)
			seen[at] |= st->held[at] == h;
		if (has_other_profile(h, (uint64_t)result_i64(r, i, 1)))
			search_held_outdated(h);
	}
	for (size_t at = 0; at < st->n; at++)
		if (!seen[at] && has_other_profile(st->held[at], 0))
			search_held_outdated(st->held[at]);
	return 0;
}

/* Closed listings are shown for a number of days (mls.is_displayed()): when another one begins, some of them change though nobody wrote
 * them. What was loaded before midnight and joined after it is among the others then. */
static int follow_day(const struct search_follow *changes, struct arena *a, struct err *e)
{
	struct search_store *st = changes->st;
	struct search_follow r = *changes;
	char *unused = NULL;

	if (!strcmp(st->day, st->today))
		return 0;
	r.sql = search_row_expired_sql(a);
	r.since = st->day;
	if (search_follow_read(&r, &unused, e))
		return e->code;
	free(unused);
	snprintf(st->day, sizeof st->day, "%s", st->today);
	return 0;
}

static int follow_joined(struct search_store *st, struct arena *a, struct err *e)
{
	struct search_follow r = {.st = st,
		.sql = search_row_changed_sql(a),
		.since = st->since,
		.write = search_follow_write};
	char *since = NULL;

	r.n = joined(st, a, &r.held);
	if (!r.n) {
		free(st->since);
		st->since = NULL;
		st->day[0] = 0;
		return 0;
	}
	int code = search_follow_read(&r, &since, e);
	if (!code)
		code = follow_day(&r, a, e);
	release_all(r.held, r.n);
	if (code) {
		free(since);
		return code;
	}
	free(st->since);
	st->since = since;
	return 0;
}

static int adopt(struct search_held *h, struct arena *a, struct err *e)
{
	struct search_store *st = h->st;
	struct search_follow r = {.st = st,
		.held = &h,
		.n = 1,
		.sql = search_row_changed_sql(a),
		.since = h->next_since,
		.write = search_follow_write_next};
	char *since;

	if (search_follow_read(&r, &since, e))
		return e->code;
	if (st->since)
		free(since); /* newer than that of the others: what it has already will come once more */
	else
		st->since = since;
	if (!st->day[0] || strcmp(h->next_day, st->day) < 0) /* dates sort as texts do */
		snprintf(st->day, sizeof st->day, "%s", h->next_day);
	search_held_take_next(h);
	return 0;
}

static int adopt_fresh(struct search_store *st, struct arena *a, struct err *e)
{
	int code = 0;

	st->has_fresh = false;
	for (size_t i = 0; !code && i < st->n; i++) {
		struct search_held *h = st->held[i];
		if (h->load != SEARCH_LOAD_FRESH)
			continue;
		search_held_use(h);
		code = adopt(h, a, e);
		search_held_release(h);
		i = (size_t)-1; /* others may have come and gone meanwhile */
	}
	if (code)
		st->has_fresh = true;
	search_held_start_loads(st);
	return code;
}

static int run_round(struct search_store *st, struct arena *a, struct err *e)
{
	int64_t began = mono_us();

	st->has_heard = false;
	if (look_at_server(st, a, e) || follow_joined(st, a, e) || adopt_fresh(st, a, e))
		return e->code;
	if (st->must_check) {
		st->must_check = false;
		if (look_at_profiles(st, a, e)) {
			st->must_check = true;
			return e->code;
		}
	}
	st->round_us = began;
	st->stats.rounds++;
	return 0;
}

static void round_once(struct search_store *st)
{
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	int code = run_round(st, a, &e);

	st->tried_us = mono_us();
	st->has_failed = code != 0;
	if (code && code != E_CANCEL) {
		st->stats.rounds_failed++;
		log_warn("search.follow.failed", LOG_ERR(&e));
	}
	arena_free(a);
	search_room_make(st, NULL);
	search_room_idle(st);
	search_held_start_loads(st);
}

/* After a failure a second passes, whatever was heard. */
static int64_t next_round_us(const struct search_store *st)
{
	if (!st->n)
		return INT64_MAX;
	if (st->has_failed)
		return st->tried_us + POLL_US;
	if (st->has_fresh)
		return st->tried_us;
	return st->tried_us + (st->has_heard ? BURST_US : POLL_US);
}

static void following(void *arg)
{
	struct search_store *st = arg;

	while (!st->is_stopping && !fiber_is_cancelled()) {
		int64_t now = mono_us(), due = next_round_us(st);
		if (due <= now) {
			round_once(st);
			continue;
		}
		if (due != INT64_MAX)
			timer_start(st->timer, (uint64_t)((due - now) / US_PER_MS + 1), 0);
		if (fiber_park())
			return;
	}
}

void search_follow_start(struct search_store *st)
{
	st->timer = timer_new(st->loop, on_timer, st);
	timer_background(st->timer);
	st->follower = fiber_start(st->loop, following, st);
	st->changes = db_listen(st->db, "plat_listings", on_changes, st);
	st->renewals = db_listen(st->db, "plat_search", on_renewals, st);
}

void search_follow_stop(struct search_store *st)
{
	db_unlisten(st->changes);
	db_unlisten(st->renewals);
	fiber_cancel(st->follower);
	fiber_join(st->follower);
	timer_free(st->timer);
	free(st->since);
}

#include "cmd/sync_follow.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "cmd/login.h"
#include "cmd/progress.h"
#include "cmd/task.h"
#include "db/db.h"
#include "db/listen.h"
#include "db/result.h"
#include "loop/fiber.h"
#include "loop/timer.h"
#include "mod/mls/sync.h"

#define LOOK_MS 1000 /* also what NOTIFY did not tell */

struct watch {
	struct task *task;
	struct db *db;
	struct str workspace_id, run_id;
	struct fiber *fiber;
	struct progress progress;
	int64_t began_us, began_done; /* of the phase, for the rate */
	struct str phase;             /* in the task's arena */
};

static int64_t number_of(const struct json *object, const char *key, int64_t fallback)
{
	int64_t n = fallback;

	json_to_i64(json_get(object, key), &n);
	return n;
}

static const char *eta(struct arena *a, const struct watch *w, int64_t done, int64_t total)
{
	int64_t elapsed = mono_us() - w->began_us, n = done - w->began_done;

	if (total <= done || n <= 0 || elapsed < 2 * US_PER_SECOND)
		return "";
	int64_t left_s = (int64_t)((double)(total - done) * (double)elapsed / (double)n / 1e6);
	return left_s < 90 ? arena_printf(a, ", %lld s left", (long long)left_s)
			   : arena_printf(a, ", %lld min left", (long long)(left_s + 30) / 60);
}

static void show(struct watch *w, struct arena *a, const struct json *progress)
{
	struct str phase = json_scalar(json_get(progress, "phase")),
		   note = json_scalar(json_get(progress, "note"));
	int64_t done = number_of(progress, "done", 0), total = number_of(progress, "total", -1);

	if (!str_eq(phase, w->phase)) {
		w->phase = str_copy(w->task->arena, phase);
		w->began_us = mono_us();
		w->began_done = done;
		w->progress.began_us = w->began_us;
	}
	progress_show(&w->progress, done, total,
		arena_printf(a, STR_FMT "%s" STR_FMT "%s", STR_ARG(phase), note.len ? ": " : "",
			STR_ARG(note), eta(a, w, done, total)));
}

static void print_end(const struct watch *w, const struct json *stats)
{
	printf("run " STR_FMT
	       ": %lld rows fetched, %lld new or changed, %lld unchanged, %lld not kept, in %.1f s\n",
		STR_ARG(w->run_id), (long long)number_of(stats, "fetched", 0),
		(long long)number_of(stats, "upserted", 0),
		(long long)number_of(stats, "unchanged", 0),
		(long long)number_of(stats, "errors", 0),
		(double)number_of(stats, "duration_ms", 0) / 1000);
}

/* ret_ended: it is over, for good or bad. */
static int look(struct watch *w, bool *ret_ended, struct err *e)
{
	struct arena *a = arena_new();
	struct db_param p[] = {db_str(w->workspace_id), db_str(w->run_id)};
	struct result *r;
	int code = login_ask(w->db, a,
		"select status, progress, stats, error from mls.sync_runs where workspace_id = $1::uuid and id = $2::uuid",
		2, p, &r, e);

	if (!code && !result_rows(r))
		code = err_set(e, E_ABSENT, "the run is not there any more");
	if (!code) {
		struct str status = result_text(r, 0, 0), error = result_text(r, 0, 3);
		struct err bad = {.arena = a};
		*ret_ended = !str_eq(status, STR("running"));
		if (!*ret_ended)
			show(w, a, json_parse(a, result_text(r, 0, 1), &bad));
		else
			progress_end(&w->progress);
		if (str_eq(status, STR("success")))
			print_end(w, json_parse(a, result_text(r, 0, 2), &bad));
		else if (*ret_ended)
			code = err_set(e, E_UPSTREAM, STR_FMT, STR_ARG(error));
	}
	arena_free(a);
	return code;
}

static void on_notify(const char *channel, struct str payload, void *arg)
{
	struct watch *w = arg;

	(void)channel;
	if (!payload.p || str_find(payload, w->run_id) >= 0)
		fiber_wake(w->fiber);
}

static void on_tick(void *arg)
{
	fiber_wake(((struct watch *)arg)->fiber);
}

static int left(struct watch *w)
{
	progress_end(&w->progress);
	printf("run " STR_FMT " goes on; plat runs show " STR_FMT
	       " tells how it ends, plat runs cancel ends it\n",
		STR_ARG(w->run_id), STR_ARG(w->run_id));
	return 0;
}

int sync_follow_run(struct task *t, struct db *db, struct str workspace_id, struct str run_id,
	struct err *e)
{
	struct watch w = {.task = t,
		.db = db,
		.workspace_id = workspace_id,
		.run_id = run_id,
		.fiber = fiber_current(),
		.progress = progress_begin(stderr, "rows"),
		.began_us = mono_us()};
	struct listener *l = db_listen(db, "plat_sync_runs", on_notify, &w);
	struct timer *timer = timer_new(t->loop, on_tick, &w);
	bool ended = false, stopped = false;
	int code = 0;

	timer_start(timer, LOOK_MS, LOOK_MS);
	while (!code && !ended && !stopped) {
		code = look(&w, &ended, e);
		stopped = !code && !ended && fiber_park();
	}
	timer_free(timer);
	db_unlisten(l);
	if (stopped || code == E_CANCEL) {
		err_clear(e);
		return left(&w);
	}
	return code;
}

static const char find_sql[] =
	"select c.id, mls.has_worker(), (select r.id from mls.sync_runs r where r.workspace_id = c.workspace_id and r.mls_connection_id = c.id "
	"and r.status = 'running' and (mls.is_syncing(c.workspace_id, c.id) or (r.progress ->> 'phase' = 'queued' and mls.has_worker())) "
	"order by r.started_at desc limit 1) from mls.mls_connections c "
	"where c.workspace_id = $1::uuid and ($2::uuid is null or c.id = $2::uuid) and ($3::text is null or c.provider = $3) limit 2";

static int request(struct task *t, struct db *db, const struct sync_options *o,
	struct str connection, struct str *ret_run, struct err *e)
{
	struct db_param p[] = {db_str(connection), db_str(o->task_id),
		db_text(o->kind == SYNC_RECONCILE ? "reconcile" : "sync"), db_bool(o->from_scratch),
		db_str(o->workspace_id)};
	struct result *r;

	if (login_ask(db, t->arena,
		    "select id from mls.request_sync($1::uuid, $2::uuid, $3, $4::boolean, $5::uuid)",
		    5, p, &r, e))
		return e->code;
	*ret_run = result_text(r, 0, 0);
	return 0;
}

int sync_follow(struct task *t, struct db *db, const struct sync_options *o, struct str provider,
	bool *ret_here, struct err *e)
{
	struct db_param p[] = {db_str(o->workspace_id), db_str(o->connection_id), db_str(provider)};
	struct result *r;

	*ret_here = false;
	if (login_ask(db, t->arena, find_sql, 3, p, &r, e))
		return e->code;
	if (result_rows(r) != 1)
		return result_rows(r)
			? err_set(e, E_INPUT,
				  "this workspace has several MLS connections; say which one with --provider")
			: err_set(e, E_ABSENT,
				  "this workspace has no such MLS connection; plat connect makes one");
	struct str run = result_text(r, 0, 2);
	if (run.p)
		printf("following run " STR_FMT ", which is under way\n", STR_ARG(run));
	else if (!result_bool(r, 0, 1)) {
		*ret_here = true;
		return 0;
	}
	if (!run.p && request(t, db, o, result_text(r, 0, 0), &run, e))
		return e->code;
	fflush(stdout);
	return sync_follow_run(t, db, o->workspace_id, run, e);
}

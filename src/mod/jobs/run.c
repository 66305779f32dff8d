/* run: one job, from its claim to its report. run() is in a fiber of its own, so that it can be cancelled while the one around it,
 * which reports, cannot. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "db/batch.h"
#include "db/result.h"
#include "loop/fiber.h"
#include "mod/jobs/worker_local.h"

#define TIMEOUT_S 600
#define REPORT_PAUSE_MS 500

static void call(void *arg)
{
	struct jobs_run *r = arg;

	r->code = r->kind->kind->run(&r->job, &r->err);
}

/* The words of a failure, for plat.jobs.last_error. */
static struct str reason(struct jobs_run *r)
{
	struct arena *a = r->job.arena;

	if (r->why == JOBS_WHY_ASKED)
		return STR("cancelled");
	if (r->why == JOBS_WHY_LATE)
		return str_printf(a, "took longer than %lld s",
			(long long)((r->late_us - r->began_us) / US_PER_SECOND));
	return str_without_nul(a, str_of(r->err.msg ? r->err.msg : err_name(r->code)));
}

static bool is_hopeless(int code)
{
	return code == E_INPUT || code == E_ABSENT || code == E_RIGHT;
}

static struct batch *make_report(struct jobs_run *r, struct arena *a)
{
	struct batch *b = jobs_batch(a);
	struct db_param token = db_str(r->token);

	if (!r->code) {
		batch_add(b, "select plat.finish_job($1::uuid)", 1, &token);
	} else if (r->why == JOBS_WHY_STOPPING) {
		batch_add(b, "select plat.release_jobs(array[$1::uuid])", 1, &token);
	} else {
		struct db_param params[] = {token, db_str(reason(r)),
			db_bool(r->why == JOBS_WHY_NONE && is_hopeless(r->code))};
		batch_add(b, "select plat.fail_job($1::uuid, $2, $3::boolean)", 3, params);
	}
	return b;
}

static void say_lost(struct jobs_run *r)
{
	log_warn("job.lost", LOG_STR("job", r->job.name), LOG_INT("id", r->job.id));
}

static void say(struct jobs_run *r, struct str became)
{
	int64_t took_us = mono_us() - r->began_us;

	if (!became.p) /* the lease was not ours any more */
		say_lost(r);
	else if (!r->code)
		log_info("job.done", LOG_STR("job", r->job.name), LOG_INT("id", r->job.id),
			LOG_US("took_us", took_us));
	else
		log_warn("job.failed", LOG_STR("job", r->job.name), LOG_INT("id", r->job.id),
			LOG_INT("attempt", r->job.attempt), LOG_STR("reason", reason(r)),
			LOG_STR("became",
				r->why == JOBS_WHY_STOPPING ? STR("given back") : became));
}

/* True when it is not to be tried again. */
static bool report_once(struct jobs_run *r)
{
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	struct batch *b = make_report(r, a);
	int code = db_run(r->worker->options.db, b, &e);
	bool over = code != E_BUSY && code != E_TIMEOUT;

	if (!code)
		say(r, result_text(batch_result(b, 0), 0, 0));
	else if (over || mono_us() > r->good_until_us)
		log_error("job.not_reported", LOG_STR("job", r->job.name), LOG_INT("id", r->job.id),
			LOG_ERR(&e));
	arena_free(a);
	return over || mono_us() > r->good_until_us;
}

static void end(struct jobs_run *r)
{
	struct jobs_worker *w = r->worker;

	*(r->prev ? &r->prev->next : &w->runs) = r->next;
	if (r->next)
		r->next->prev = r->prev;
	w->n_runs--;
	r->kind->running--;
	w->woken = true;
	if (w->fiber)
		fiber_wake(w->fiber);
	if (w->waiting)
		fiber_wake(w->waiting);
	arena_free(r->job.arena);
}

static void attend(void *arg)
{
	struct jobs_run *r = arg;

	if (json_type(r->job.payload) != JSON_OBJECT) {
		r->code = err_set(&r->err, E_INPUT, "the payload is not an object");
	} else if (r->why) {
		r->code = E_CANCEL;
	} else {
		r->fiber = fiber_start(r->job.loop, call, r);
		fiber_join(r->fiber);
		r->fiber = NULL;
	}
	if (r->why == JOBS_WHY_LOST && r->code)
		say_lost(r);
	else
		while (!report_once(r) && !fiber_sleep_ms(REPORT_PAUSE_MS))
			;
	end(r);
}

void jobs_run_start(struct jobs_run *r)
{
	struct jobs_worker *w = r->worker;
	int limit_s = r->kind->kind->timeout_s ? r->kind->kind->timeout_s : TIMEOUT_S;

	r->late_us = r->began_us + limit_s * US_PER_SECOND;
	if (w->stopping)
		r->why = JOBS_WHY_STOPPING;
	r->next = w->runs;
	if (r->next)
		r->next->prev = r;
	w->runs = r;
	w->n_runs++;
	r->kind->running++;
	fiber_go(r->job.loop, attend, r);
}

void jobs_run_cancel(struct jobs_run *r, enum jobs_why why)
{
	if (r->why)
		return;
	r->why = why;
	if (r->fiber)
		fiber_cancel(r->fiber);
}

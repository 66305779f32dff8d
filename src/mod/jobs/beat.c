/* beat: renews the leases of what runs, and ends what is late, was cancelled by somebody, or lost its lease. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "db/batch.h"
#include "db/result.h"
#include "loop/fiber.h"
#include "mod/jobs/worker_local.h"

static int64_t lease_us(const struct jobs_worker *w)
{
	return w->options.lease_s * US_PER_SECOND;
}

/* A sixth is left for a run to notice that it is cancelled before somebody else may begin. */
int64_t jobs_good_until(const struct jobs_worker *w, int64_t asked_us)
{
	return asked_us + lease_us(w) - lease_us(w) / 6;
}

void jobs_beat_now(struct jobs_worker *w)
{
	w->beat_due = true;
	fiber_wake(w->beat_fiber);
}

void jobs_watch(void *worker)
{
	struct jobs_worker *w = worker;
	int64_t now = mono_us();

	for (struct jobs_run *r = w->runs; r; r = r->next) {
		if (now > r->good_until_us)
			jobs_run_cancel(r, JOBS_WHY_LOST);
		else if (now > r->late_us)
			jobs_run_cancel(r, JOBS_WHY_LATE);
	}
	if (w->runs && now > w->next_beat_us)
		jobs_beat_now(w);
}

/* Numbers what runs now with this beat, so that what begins meanwhile is not taken for lost. */
static struct str tokens(struct jobs_worker *w, struct arena *a)
{
	struct buf b;

	buf_init(&b, 0);
	w->beats++;
	for (struct jobs_run *r = w->runs; r; r = r->next) {
		r->beat = w->beats;
		buf_printf(&b, "%c" STR_FMT, b.len ? ',' : '{', STR_ARG(r->token));
	}
	buf_char(&b, '}');
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text;
}

static void apply_one(struct jobs_worker *w, struct jobs_run *r, const struct result *held,
	int64_t asked_us)
{
	for (int row = 0; row < result_rows(held); row++) {
		if (!str_eq(result_text(held, row, 0), r->token))
			continue;
		r->good_until_us = jobs_good_until(w, asked_us);
		if (result_bool(held, row, 1))
			jobs_run_cancel(r, JOBS_WHY_ASKED);
		return;
	}
	if (r->fiber) /* otherwise it was reported while we asked */
		jobs_run_cancel(r, JOBS_WHY_LOST);
}

static void beat_once(struct jobs_worker *w)
{
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	struct batch *b = jobs_batch(a);
	int64_t asked_us = mono_us();
	struct db_param params[] = {db_str(tokens(w, a)), db_str(w->lease)};
	uint64_t beat = w->beats;

	w->next_beat_us = asked_us + lease_us(w) / 4;
	batch_add(b, "select token, cancel from plat.renew_jobs($1::uuid[], $2::interval)", 2,
		params);
	if (db_run(w->options.db, b, &e))
		log_warn("work.heartbeat_failed", LOG_ERR(&e));
	else
		for (struct jobs_run *r = w->runs; r; r = r->next)
			if (r->beat == beat)
				apply_one(w, r, batch_result(b, 0), asked_us);
	arena_free(a);
}

void jobs_beat(void *worker)
{
	struct jobs_worker *w = worker;

	while (!w->beat_stop) {
		w->beat_due = false;
		if (w->runs)
			beat_once(w);
		while (!w->beat_due && !w->beat_stop)
			if (fiber_park())
				return;
	}
}

/* worker: the life of a worker, and the loop that claims. */
#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/module.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "db/batch.h"
#include "db/listen.h"
#include "loop/fiber.h"
#include "loop/timer.h"
#include "mod/jobs/worker_local.h"

#define POLL_MS 2000
#define WATCH_MS 500
#define STOP_STEP_MS 20

struct batch *jobs_batch(struct arena *a)
{
	struct batch *b = batch_new(a);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	return b;
}

struct str jobs_names(const struct jobs_worker *w, struct arena *a)
{
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < w->n_kinds; i++)
		buf_printf(&b, "%c\"%s\"", i ? ',' : '{', w->kinds[i].kind->name);
	buf_cstr(&b, w->n_kinds ? "}" : "{}");
	struct str names = str_copy(a, buf_view(&b));
	buf_done(&b);
	return names;
}

size_t jobs_kinds(const struct module *const *list, struct arena *a,
	const struct job_kind *const **ret_kinds)
{
	size_t n = 0;

	for (const struct module *const *m = list; *m; m++)
		for (const struct job_kind *k = (*m)->jobs; k && k->name; k++)
			n++;
	const struct job_kind **kinds = arena_array(a, n + 1, sizeof *kinds);
	n = 0;
	for (const struct module *const *m = list; *m; m++)
		for (const struct job_kind *k = (*m)->jobs; k && k->name; k++)
			kinds[n++] = k;
	*ret_kinds = kinds;
	return n;
}

static void wake(void *arg)
{
	struct jobs_worker *w = arg;

	w->woken = true;
	if (w->fiber)
		fiber_wake(w->fiber);
}

static void on_notify(const char *channel, struct str payload, void *arg)
{
	(void)channel;
	if (str_eq(payload, STR("cancel")))
		jobs_beat_now(arg);
	else
		wake(arg);
}

static void work(void *arg)
{
	struct jobs_worker *w = arg;

	while (!w->stopping) {
		w->woken = false;
		jobs_keep_house(w);
		if (!w->stopping)
			jobs_claim(w);
		while (!w->woken && !w->stopping)
			if (fiber_park())
				return;
	}
}

static int take_kinds(struct jobs_worker *w, struct err *e)
{
	const struct job_kind *const *kinds;
	struct map *seen = map_new(w->arena, 0);

	w->n_kinds = jobs_kinds(w->options.modules, w->arena, &kinds);
	w->kinds = arena_array(w->arena, w->n_kinds + 1, sizeof *w->kinds);
	for (size_t i = 0; i < w->n_kinds; i++) {
		w->kinds[i].kind = kinds[i];
		if (map_put(seen, str_of(kinds[i]->name), w))
			return err_set(e, E_BUG, "two modules do jobs of the kind %s",
				kinds[i]->name);
	}
	return 0;
}

static const char *worker_name(struct arena *a)
{
	char host[65] = "";

	gethostname(host, sizeof host - 1);
	return arena_printf(a, "%s:%d", host, (int)getpid());
}

struct jobs_worker *jobs_start(const struct jobs_options *options, struct err *e)
{
	struct arena *a = arena_new();
	struct jobs_worker *w = ARENA_NEW(a, struct jobs_worker);

	*w = (struct jobs_worker){.options = *options,
		.arena = a,
		.name = worker_name(a),
		.lease = str_printf(a, "%d seconds", options->lease_s),
		.strangers = map_new(a, 0)};
	if (take_kinds(w, e)) {
		arena_free(a);
		return NULL;
	}
	w->poll = timer_new(options->loop, wake, w);
	w->watch = timer_new(options->loop, jobs_watch, w);
	timer_start(w->poll, POLL_MS, POLL_MS);
	timer_start(w->watch, WATCH_MS, WATCH_MS);
	w->listener = db_listen(options->db, "plat_jobs", on_notify, w);
	w->beat_fiber = fiber_start(options->loop, jobs_beat, w);
	w->fiber = fiber_start(options->loop, work, w);
	log_info("work.ready", LOG_CSTR("worker", w->name), LOG_INT("kinds", w->n_kinds),
		LOG_INT("slots", options->slots));
	return w;
}

static void cancel_all(struct jobs_worker *w)
{
	for (struct jobs_run *r = w->runs; r; r = r->next)
		jobs_run_cancel(r, JOBS_WHY_STOPPING);
}

void jobs_stop(struct jobs_worker *w, unsigned grace_ms)
{
	if (!w)
		return;
	int64_t end_us = mono_us() + (int64_t)grace_ms * US_PER_MS;
	struct fiber *claims = w->fiber;

	w->stopping = true;
	w->waiting = fiber_current();
	fiber_wake(claims);
	fiber_join(claims);
	w->fiber = NULL;
	log_info("work.stopping", LOG_INT("running", w->n_runs));
	while (w->n_runs && mono_us() < end_us && !fiber_sleep_ms(STOP_STEP_MS))
		;
	cancel_all(w);
	while (w->n_runs) /* surely ends: a job ends when it is cancelled, its report has a limit */
		fiber_park_firmly();
	w->beat_stop = true;
	jobs_beat_now(w);
	fiber_join(w->beat_fiber);
	db_unlisten(w->listener);
	timer_free(w->poll);
	timer_free(w->watch);
	log_info("work.stopped");
	arena_free(w->arena);
}

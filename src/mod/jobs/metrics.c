#include "mod/jobs/metrics.h"

#include "app/service.h"
#include "base/arena.h"
#include "base/buf.h"
#include "db/batch.h"
#include "db/result.h"
#include "loop/timer.h"
#include "mod/jobs/worker_local.h"

#define EVERY_MS 10000

static struct {
	struct timer *timer;
	struct db *db;
	struct arena *asking, *known; /* each with its batch */
	const struct result *counts;  /* in known */
} numbers;

static void on_counted(struct batch *b, void *arg)
{
	(void)arg;
	if (batch_code(b)) {
		arena_free(numbers.asking);
	} else {
		arena_free(numbers.known);
		numbers.known = numbers.asking;
		numbers.counts = batch_result(b, 0);
	}
	numbers.asking = NULL;
}

static void ask(void *arg)
{
	(void)arg;
	if (numbers.asking)
		return;
	numbers.asking = arena_new();
	struct batch *b = jobs_batch(numbers.asking);
	batch_read_only(b);
	batch_add(b, "select name, status, jobs, oldest_s from plat.count_jobs()", 0, NULL);
	if (db_submit(numbers.db, b, on_counted, NULL)) {
		arena_free(numbers.asking);
		numbers.asking = NULL;
	}
}

int jobs_metrics_start(struct service *s, struct err *e)
{
	(void)e;
	numbers.db = service_db(s);
	if (!numbers.db)
		return 0;
	numbers.timer = timer_new(service_loop(s), ask, NULL);
	timer_background(numbers.timer);
	timer_start(numbers.timer, 0, EVERY_MS);
	return 0;
}

void jobs_metrics_stop(struct service *s)
{
	(void)s;
	timer_free(numbers.timer);
	arena_free(numbers.asking);
	arena_free(numbers.known);
	numbers.timer = NULL;
	numbers.asking = numbers.known = NULL;
	numbers.counts = NULL;
}

/* Names of kinds are ours, but a row may hold anything. */
static void label(struct buf *out, const char *name, struct str value)
{
	buf_printf(out, "%s=\"", name);
	for (size_t i = 0; i < value.len; i++)
		buf_char(out,
			value.p[i] == '"' || value.p[i] == '\\' || value.p[i] == '\n' ? '_'
										      : value.p[i]);
	buf_char(out, '"');
}

static void series(struct buf *out, const char *name, const char *help, int col)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
	for (int row = 0; row < result_rows(numbers.counts); row++) {
		buf_printf(out, "%s{", name);
		label(out, "job", result_text(numbers.counts, row, 0));
		buf_char(out, ',');
		label(out, "status", result_text(numbers.counts, row, 1));
		buf_printf(out, "} %g\n", result_f64(numbers.counts, row, col));
	}
}

void jobs_metrics(struct service *s, struct buf *out)
{
	(void)s;
	if (!numbers.counts)
		return;
	series(out, "plat_jobs", "Jobs that wait, run, or are dead, by kind.", 2);
	series(out, "plat_jobs_oldest_seconds",
		"For how long the oldest of them has been due, running or dead.", 3);
}

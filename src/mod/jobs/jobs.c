/* jobs: the job queue as a module: its numbers, and the job that forgets old jobs. */
#include "mod/jobs/jobs.h"

#include "app/job.h"
#include "app/module.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/jobs/metrics.h"
#include "mod/jobs/worker_local.h"

static int forget(struct job *j, struct err *e)
{
	int64_t forgotten;

	do {
		struct batch *b = jobs_batch(j->arena);
		batch_add(b, "select plat.forget_jobs()", 0, NULL);
		if (db_run(j->db, b, e))
			return e->code;
		forgotten = result_i64(batch_result(b, 0), 0, 0);
	} while (forgotten);
	return 0;
}

static const struct job_kind kinds[] = {
	{.name = "jobs.forget",
		.run = forget,
		.every = "1 hour",
		.summary = "deletes jobs that ended a week ago, dead ones after 90 days"},
	{0},
};

const struct module jobs_module = {
	.name = "jobs",
	.start = jobs_metrics_start,
	.stop = jobs_metrics_stop,
	.metrics = jobs_metrics,
	.jobs = kinds,
};

/* run: the runs of the sync, seen from outside: who starts them, who watches them, who ends them.
 *
 *   run_job.c      plat work: what the clock asks for, and a run itself
 *   run_route.c    /mls/v1/runs and /mls/v1/connections/:id/sync
 *   run_follow.c   /mls/v1/runs/:id/events, as server-sent events
 *
 * A run that somebody asks for has its row (mls.sync_runs) at once, running in the phase "queued"; the job mls.sync takes it over. The rules
 * are in sql/live/24_mls_sync_runs.sql, and docs/sync-runs.md tells them.
 *
 * Owner    the request's or the job's arena.
 * Failure  a sentence, in the answer or in the run's row.
 * Threads  one loop; jobs and routes are in fibers.
 * Source   server-sent events: HTML, section 9.2.
 */
#pragma once
#include "base/err.h"

struct job;
struct req;

int run_job_schedule(struct job *j, struct err *e);
int run_job_sync(struct job *j, struct err *e);
int run_job_settle(struct job *j, struct err *e); /* an import task was switched on or off */

void run_route_start(struct req *r); /* POST /mls/v1/connections/:id/sync */
void run_route_list(struct req *r);
void run_route_show(struct req *r);
void run_route_cancel(struct req *r);
void run_route_retry(struct req *r);
void run_follow(struct req *r); /* GET /mls/v1/runs/:id/events */

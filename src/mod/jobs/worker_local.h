/* worker_local: the inside of a worker, for the other files of src/mod/jobs.
 *
 *     worker.c   life, the loop that claims        claim.c  the SQL of claiming
 *     run.c      one job and how it ended          beat.c   heartbeat, time limits
 *     house.c    leases that ran out, schedules
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "app/job.h"
#include "mod/jobs/jobs.h"

struct batch;
struct fiber;
struct listener;
struct map;
struct timer;

struct jobs_kind {
	const struct job_kind *kind;
	int running;
};

/* Why a job was cancelled by us. */
enum jobs_why { JOBS_WHY_NONE, JOBS_WHY_ASKED, JOBS_WHY_LATE, JOBS_WHY_LOST, JOBS_WHY_STOPPING };

struct jobs_run {
	struct jobs_worker *worker;
	struct jobs_run *prev, *next;
	struct jobs_kind *kind;
	struct job job;
	struct str token;
	struct fiber *fiber; /* in which run() is; NULL before and after */
	enum jobs_why why;
	int code;
	struct err err;
	int64_t began_us, late_us; /* monotonic: the kind's time limit */
	int64_t good_until_us;     /* the lease, less a margin */
	uint64_t beat;             /* the last heartbeat that named it */
};

struct jobs_worker {
	struct jobs_options options;
	struct arena *arena;
	const char *name; /* host:pid, in plat.jobs.leased_by */
	struct str lease; /* an interval */
	struct jobs_kind *kinds;
	size_t n_kinds;
	struct jobs_run *runs;
	int n_runs;

	struct fiber *fiber;      /* claims */
	struct fiber *beat_fiber; /* renews */
	struct fiber *waiting;    /* jobs_stop() */
	struct listener *listener;
	struct timer *poll, *watch;
	bool woken, beat_due, stopping, beat_stop;
	uint64_t beats;
	int64_t next_beat_us, next_house_us, next_look_us;
	bool scheduled;        /* the schedules are in the database */
	struct map *strangers; /* kinds nobody here knows, which were said */
};

/* A batch of plat_worker's. */
struct batch *jobs_batch(struct arena *a);

/* {"a","b"} of the kinds' names. */
struct str jobs_names(const struct jobs_worker *w, struct arena *a);

/* (waits) Claims what there is room for and starts it. */
void jobs_claim(struct jobs_worker *w);

/* (waits) Leases, schedules, kinds that nobody knows: when it is time. */
void jobs_keep_house(struct jobs_worker *w);

/* r is in the heap, everything of it in job.arena; gone when it has been reported. */
void jobs_run_start(struct jobs_run *r);
void jobs_run_cancel(struct jobs_run *r, enum jobs_why why);

/* The heartbeat's fiber, and what a timer asks twice a second. */
void jobs_beat(void *worker);
void jobs_watch(void *worker);
void jobs_beat_now(struct jobs_worker *w);

/* When a lease that was asked for at `asked_us` is no longer to be relied on. */
int64_t jobs_good_until(const struct jobs_worker *w, int64_t asked_us);

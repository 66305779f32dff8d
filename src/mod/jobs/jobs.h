/* jobs: does what plat.jobs holds (docs/jobs.md): the kinds of all modules, several at a time, in fibers of one loop.
 *
 * Owner    jobs_start() to jobs_stop(). What the options point to is borrowed.
 * Failure  a database that is away is waited for; a job's failure is the job's. jobs_start() refuses kinds that contradict each other.
 * Threads  the loop's. jobs_stop() (waits).
 * Units    milliseconds and seconds, as the names say.
 */
#pragma once
#include <stddef.h>

#include "base/err.h"

struct arena;
struct db;
struct http_client;
struct job_kind;
struct jobs_worker;
struct keyring;
struct loop;
struct module;

struct jobs_options {
	struct loop *loop;
	struct db *db;
	struct http_client *http;
	const struct keyring *keyring;
	const char *data;
	const struct module *const
		*modules; /* ends with NULL; their kinds are done, others left alone */
	int slots;        /* jobs at a time */
	int lease_s;      /* how long a killed worker's jobs wait for another one */
};

/* Every kind of the modules of a list, in their order. */
size_t jobs_kinds(const struct module *const *list, struct arena *a,
	const struct job_kind *const **ret_kinds);

struct jobs_worker *jobs_start(const struct jobs_options *options, struct err *e) MUST_CHECK;

/* (waits) Takes no more jobs, lets those that run end within grace_ms, then cancels them and gives them back. NULL is fine. */
void jobs_stop(struct jobs_worker *w, unsigned grace_ms);

/* job: a piece of background work, as plat.jobs keeps it and `plat work` does it.
 *
 * A module names its kinds in its constant (app/module.h). Jobs are put in by SQL, in the transaction that wants them:
 *
 *     select plat.enqueue('mail.send', '{"id": "…"}')
 *
 * A job is claimed with a lease that is renewed while it runs. A worker that is killed loses its lease; then somebody else starts the
 * job again, so run() must be right when part of the work was done before. A failure is tried again after a while that doubles
 * (attempts, then status dead with the reason); E_INPUT, E_ABSENT and E_RIGHT will not get better and are dead at once. E_CONFLICT
 * may: deadlocks are that.
 *
 * Owner    the kinds are constants; a job lives in its own arena until run() returns.
 * Failure  run() returns 0 or an E_* with words, which become plat.jobs.last_error. E_CANCEL while stopping gives the job back
 *          without counting the attempt.
 * Threads  run() is in a fiber of the worker's loop: (waits) freely, several jobs at a time.
 */
#pragma once
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct db;
struct http_client;
struct json;
struct keyring;
struct loop;

struct job {
	struct arena *arena;
	int64_t id;
	struct str name, workspace_id; /* absent: the installation's */
	const struct json *payload;    /* an object */
	int attempt, max_attempts;     /* from 1 */

	/* The worker's, borrowed. */
	struct loop *loop;
	struct db *db;
	struct http_client *http;
	const struct keyring *keyring;
	const char *data; /* data directory */
};

struct job_kind {
	const char *name; /* "mail.send": module, dot, what is done */
	int (*run)(struct job *j, struct err *e);
	int timeout_s; /* 0: 600. Then it is cancelled, which counts as a failure */
	int most;      /* at a time in one worker; 0: as many as there are slots */
	const char *
		every; /* a schedule: an interval of PostgreSQL ("15 minutes"); NULL: only when enqueued */
	const char *summary; /* what it does, for `plat jobs --kinds` */
};

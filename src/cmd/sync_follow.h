/* sync_follow: watches a run of the sync as it goes, whoever does it.
 *
 * Owner    the task's arena.
 * Failure  the sentence of the run when it failed. Ctrl-C is none: the run goes on without us, which is said.
 * Threads  (waits): in a fiber.
 */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct db;
struct sync_options;
struct task;

/* Follows the connection's run under way; when there is none, asks plat work for one. ret_here: no worker is there, so the caller
 * has to do the run itself; nothing was asked for. */
int sync_follow(struct task *t, struct db *db, const struct sync_options *o, struct str provider,
	bool *ret_here, struct err *e) MUST_CHECK;

/* Until a run has ended. */
int sync_follow_run(struct task *t, struct db *db, struct str workspace_id, struct str run_id,
	struct err *e) MUST_CHECK;

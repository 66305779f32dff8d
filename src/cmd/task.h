/* task: what every command that works on the database does around its work.
 *
 * Owner    task_run() makes the loop, an arena and an err, runs fn in a fiber, and releases everything.
 * Failure  fn's code; its words are printed on stderr as "plat NAME: <sentence>". SIGINT and SIGTERM cancel the fiber, so that
 *          waits end with E_CANCEL and fn tidies up; a second one ends the process.
 * Threads  fn runs in a fiber and may call whatever (waits).
 */
#pragma once

#include "base/err.h"

struct arena;
struct fiber;
struct loop;

struct task {
	const char *name; /* of the command, for messages */
	struct loop *loop;
	struct arena *arena; /* lives until the command ends */
	void *arg;
	struct fiber *waiting; /* task_wait_for_stop()'s own */
	_Bool stopped;
};

/* (waits) For SIGINT or SIGTERM, which then do not cancel: for commands that run until they are told to stop. Answers at once
 * when one came before. task_stop() ends the wait from inside. */
void task_wait_for_stop(struct task *t);
void task_stop(struct task *t);

/* Answers the exit code: 0, or 1 after the sentence was printed. */
int task_run(const char *name, int (*fn)(struct task *t, struct err *e), void *arg);

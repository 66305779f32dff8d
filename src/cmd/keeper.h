/* keeper: keeps a child process running, as plat up does with plat serve.
 *
 * A child that ends by itself is started again, after a pause that grows from 0.1 s to 5 s and shrinks again once it has run for
 * 10 s. An exit with status 2 (wrong usage) is not repeated.
 *
 * Owner    keeper_start() to keeper_stop(). argv and env are copied.
 * Threads  the loop's; keeper_stop() waits.
 */
#pragma once

#include <stdbool.h>

struct keeper;
struct loop;

/* env: what the child's environment has besides ours, "NAME=value", ends with NULL; NULL for nothing. Secrets go this way, since
 * other users of the machine can read command lines. */
struct keeper *keeper_start(struct loop *loop, const char *name, const char *const *argv,
	const char *const *env);

/* (waits) SIGTERM, and SIGKILL when it has not ended after deadline_ms. NULL is fine. */
void keeper_stop(struct keeper *k, unsigned deadline_ms);

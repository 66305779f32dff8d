/* errand: commands that are several, `plat NAME WORD [OPERAND...]`, each done in one workspace with the login of login.h.
 *
 * Owner    nothing to release. operands are the process's.
 * Failure  errand_run() answers the exit code: 2 and what the command takes when no errand is meant; 0, or 1 after the sentence was
 *          printed on stderr.
 * Threads  run (waits): it is called in a task's fiber (task.h).
 */
#pragma once

#include "base/err.h"
#include "base/str.h"
#include "cmd/login.h"
#include "cmd/task.h"

#define ERRAND_ANY 1000 /* operands */

struct errand {
	const char *word; /* NULL ends a list of errands */
	int least, most;  /* operands */
	/* operands end with NULL; without one operands[0] is NULL. */
	int (*run)(struct task *t, struct login *l, struct str workspace_id, char **operands,
		struct err *e);
};

/* name and takes: of the command, as in its help. workspace: its slug; NULL: the only one. words: what was said, errand first. */
int errand_run(const char *name, const char *takes, const struct errand *errands,
	const char *workspace, int words_n, char **words);

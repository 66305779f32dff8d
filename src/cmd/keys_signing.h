/* keys_signing: plat keys rotate, list, revoke: the keys of auth.signing_keys.
 *
 * Owner, failure, threads: cmd/task.h; the functions are given to task_run().
 */
#pragma once

#include "base/err.h"

struct task;

struct keys_rotation {
	const char *alg; /* ES256, RS256, HS256 */
	long long wait_s;
};

/* t->arg: struct keys_rotation. Ends when the new key signs. */
int keys_signing_rotate(struct task *t, struct err *e);
int keys_signing_list(struct task *t, struct err *e);
/* t->arg: the kid. */
int keys_signing_revoke(struct task *t, struct err *e);

/* strength: which passwords are refused.
 *
 * Owner    strength_open() opens the file of PLAT_AUTH_LEAKED_PASSWORDS, strength_close() closes it. Failure of the check: -1 after
 *          auth_fault() "weak_password" with its reasons. Threads strength_check() (waits): files are read in the thread pool.
 */
#pragma once
#include "base/err.h"
#include "base/str.h"

struct auth_call;

/* *ret_file -1: there is no such file to ask. */
int strength_open(int *ret_file, struct err *e) MUST_CHECK;
void strength_close(int file);

/* A new password: at most 72 bytes, long enough, and nothing that everybody tries first. */
int strength_check(struct auth_call *c, struct str password);

/* Is it on the built-in list? In any case of letters. */
_Bool strength_is_common(struct str password);

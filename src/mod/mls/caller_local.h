/* caller_local: between the files of caller. Not for others.
 *
 * Owner, failure, threads: as caller.h.
 */
#pragma once

#include "mod/mls/caller.h"

/* Answers what was set by caller_fault() or caller_fail(). */
void caller_refuse(struct caller *c);

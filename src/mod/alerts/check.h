/* check: the job alerts.check: whether the query of a saved search can be used, told to its person.
 *
 * Failure  as app/job.h. Threads (waits).
 */
#pragma once
#include "base/err.h"

struct job;

int alerts_check(struct job *j, struct err *e);

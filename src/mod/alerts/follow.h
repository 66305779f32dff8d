/* follow: the job alerts.match: what happened to listings since the last look, and whom to tell.
 *
 * What was read, how far, and what follows from it are one transaction: a kill at any time loses nothing and tells nobody twice.
 *
 * Failure  as app/job.h. Threads (waits).
 */
#pragma once
#include "base/err.h"

struct job;

int alerts_follow(struct job *j, struct err *e);

/* display: what the public may see of listings changes with the day, too.
 *
 * The rules are SQL (sql/live/29_mls_display.sql, docs/display.md).
 *
 * Owner    nothing is kept. Failure  the database's. Threads  in a job's fiber (waits).
 */
#pragma once
#include "base/err.h"

struct job;

/* mls.display: tells who follows the listings that closed ones have been shown long enough. */
int display_job(struct job *j, struct err *e);

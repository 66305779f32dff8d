/* jobs_local: jobs of storage that have a file of their own. Private to jobs.c.
 *
 * Owner, Failure, Threads: app/job.h.
 */
#pragma once
#include "base/err.h"

struct job;

int storage_job_thumbnail(struct job *j, struct err *e);
int storage_job_follow_rows(struct job *j, struct err *e);
int storage_job_expire_uploads(struct job *j, struct err *e);
int storage_job_trim_renditions(struct job *j, struct err *e);

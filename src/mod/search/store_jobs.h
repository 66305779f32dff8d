/* store_jobs: what the store needs done in the background, for the module's constant.
 *
 * Owner constants. Threads as app/job.h.
 */
#pragma once

#include "app/job.h"

extern const struct job_kind search_store_jobs[]; /* ends with an empty entry */

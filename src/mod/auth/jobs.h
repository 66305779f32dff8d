/* jobs: what auth leaves to `plat work`: the mails of invitations, and sweeping out what is over.
 *
 * Owner, threads: app/job.h.
 */
#pragma once

#include "app/job.h"

extern const struct job_kind auth_jobs[];

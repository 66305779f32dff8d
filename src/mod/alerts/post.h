/* post: the job alerts.mail: what people are to be told by mail, into the outbox of mails, once.
 *
 * A mail and the note that its alerts are told are one transaction; to send it is the outbox's, which tries again.
 *
 * Failure  as app/job.h. Threads (waits).
 */
#pragma once
#include "base/err.h"

struct job;

int alerts_post(struct job *j, struct err *e);

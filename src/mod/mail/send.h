/* send: the job mail.send: one row of plat.mails, filled in and handed to the mail server, or kept in the outbox.
 *
 * A mail server that answers 4xx, or nobody, is asked again later; 5xx is the end of this mail. Whoever dies between the server's
 * answer and our note of it sends twice, with one Message-ID, so that the reader's program can tell.
 *
 * Failure  as app/job.h. Threads (waits).
 */
#pragma once
#include "base/err.h"

struct job;

int mail_send(struct job *j, struct err *e);

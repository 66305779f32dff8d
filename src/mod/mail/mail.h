/* mail: mails that plat.send_mail() wrote, filled in and sent (docs/mail.md).
 *
 * Without PLAT_SMTP_URL nothing is sent: the mail is filled in and waits in the outbox, plat.mails with status outbox.
 */
#pragma once

#include "base/err.h"

/* Whether PLAT_SMTP_URL and PLAT_MAIL_FROM can be read; otherwise a sentence on stderr and E_INPUT. */
int mail_check(struct err *e);

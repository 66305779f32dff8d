/* limit: how often strangers may try what guesses or mails: a bucket for each address, and for each account, in auth.rate_limits, so
 * that all processes count together. One statement, and nothing on a request that is not limited.
 *
 * Failure  -1 after auth_fault(429, "over_request_rate_limit") with Retry-After. Threads (waits).
 */
#pragma once
#include "base/str.h"

struct auth_call;

/* what: "token", "otp", …; account: the address or id that is guessed at, absent when there is none. PLAT_AUTH_RATE each five minutes. */
int auth_limit(struct auth_call *c, const char *what, struct str account);

/* One mail in 60 s to an address, known or not: 429 "over_email_send_rate_limit". The service role may always; nothing is limited with PLAT_AUTH_RATE=0. */
int auth_limit_mail(struct auth_call *c, struct str address);

/* rate: how much of what has to be worked out a stranger may ask for (PLAT_SITE_RATE a second, and ten times that at once), by network.
 *
 * In this process: several share nothing, so each gives as much.
 *
 * Owner    site_rate_new() to site_rate_free(). Failure none. Threads the loop's.
 */
#pragma once
#include <stdint.h>

#include "base/str.h"

struct site_rate;

struct site_rate *site_rate_new(long long per_second)
	__attribute__((returns_nonnull)); /* 0: no limit */
void site_rate_free(struct site_rate *r); /* NULL is fine */

/* 0, or after how many seconds to come again. network absent: nobody's limit. */
int64_t site_rate_take(struct site_rate *r, struct str network, int64_t now_us);
/* What was taken turned out to cost n more: a debt, which ends after a minute; or less. */
void site_rate_charge(struct site_rate *r, struct str network, int64_t n, int64_t now_us);

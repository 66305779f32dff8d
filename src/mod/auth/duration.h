/* duration: spans as GoTrue's ban_duration has them ("24h", "1h30m", "0.5h", "300ms"), which is how Go writes them.
 *
 * Owner none. Failure false, *ret_ untouched. Threads pure. Units seconds, rounded up.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define DURATION_MAX_S INT64_C(31536000000) /* a thousand years */

bool duration_parse(struct str text, int64_t *ret_s);

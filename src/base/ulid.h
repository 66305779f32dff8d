/* ulid: sortable ids for requests, runs and jobs (26 characters, Crockford's base 32).
 *
 * 48 bits of milliseconds, 80 random bits. Ids of one thread rise strictly, also within one
 * millisecond and when the clock goes back (the random part is then counted up, as the ULID
 * specification says). Safe across fork().
 *
 * Owner    the caller's array.
 * Failure  none; without randomness the process ends.
 * Threads  safe; each thread counts on its own.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define ULID_LEN 26
#define ULID_SIZE (ULID_LEN + 1)

char *ulid_new(char out[ULID_SIZE]); /* returns out, upper case, NUL-terminated */

/* 26 characters of the alphabet (either case, no I L O U), first one 0 to 7. */
bool ulid_is_valid(struct str s);
bool ulid_time(struct str s, int64_t *ret_ms); /* milliseconds since 1970; false when not valid */

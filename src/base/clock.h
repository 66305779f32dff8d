/* clock: what time it is, and how it is written.
 *
 * Owner    nothing is allocated.
 * Failure  parsers return false and leave *ret_ untouched. The system clock cannot fail.
 * Threads  pure, apart from the test hook.
 * Units    a timestamp is int64_t microseconds since 1970-01-01T00:00:00Z, a date is int32_t days
 *          since 1970-01-01; proleptic Gregorian, no leap seconds, years 0001 to 9999.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define US_PER_MS INT64_C(1000)
#define US_PER_SECOND INT64_C(1000000)
#define US_PER_DAY INT64_C(86400000000)

int64_t clock_now_us(void); /* wall clock; may jump */
int64_t clock_mono_us(
	void); /* since some point in the past; never goes back: for durations, timeouts */

/* The short names everybody uses. */
static inline int64_t now_us(void)
{
	return clock_now_us();
}

static inline int64_t mono_us(void)
{
	return clock_mono_us();
}

/* Tests only: now_us() gives this value until clock_freeze(0). */
void clock_freeze(int64_t us);

#define CLOCK_ISO_SIZE 28  /* "2026-11-21T12:00:00.123456Z" and NUL */
#define CLOCK_DATE_SIZE 11 /* "2026-11-21" and NUL */
#define CLOCK_HTTP_SIZE 30 /* "Sat, 21 Nov 2026 12:00:00 GMT" and NUL */

/* ISO 8601 / RFC 3339 as feeds write it: a date alone (midnight UTC); date, 'T' 't' or space,
 * hh:mm, optional :ss and fraction ('.' or ','; digits after the sixth are cut off, never rounded
 * up); optional Z, +hh:mm, +hhmm or +hh. Without a zone it is UTC. 2026-02-30, 24:00, :60, spaces
 * around and offsets beyond 15:59 are refused. */
bool clock_parse_iso(struct str s, int64_t *ret_us);

/* Both return out. Times outside the years 0001 to 9999 are written as the nearest end. */
char *clock_format_iso(char out[CLOCK_ISO_SIZE], int64_t us);
char *clock_format_http(char out[CLOCK_HTTP_SIZE], int64_t us);

bool clock_parse_date(struct str s, int32_t *ret_days); /* YYYY-MM-DD only */
char *clock_format_date(char out[CLOCK_DATE_SIZE], int32_t days);

/* IMF-fixdate (RFC 9110 5.6.7), the form everyone sends today; the two obsolete forms are refused.
 * The name of the weekday must be the right one. */
bool clock_parse_http(struct str s, int64_t *ret_us);

/* The calendar: days since 1970-01-01 of a valid date, and back. */
struct clock_date {
	int year, month, day; /* month and day from 1 */
};
bool clock_days(struct clock_date d, int32_t *ret_days); /* false: there is no such date */
struct clock_date clock_date_of(int32_t days);
int clock_weekday(int32_t days); /* 0 = Monday ... 6 = Sunday */

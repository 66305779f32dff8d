/* feed_fault: what a feed can do wrong, on purpose, for tests.
 *
 * A list such as "429:5,truncated:3,slow" switches faults on; a number n says "every n-th request for
 * listings" (1 unless said). Requests are counted for each fault from the moment it is switched on.
 *
 *   unauthorized   401, as if the token had been withdrawn
 *   429            too many requests; every other time without Retry-After
 *   500            an internal error
 *   truncated      the JSON stops in the middle of a row, yet the answer looks complete
 *   empty_page     a page without rows
 *   repeated_page  the page before it once more, with the next link of that one
 *   wrong_types    "TBD" for dates, text for numbers, lists for text ... in a fifth of the fields
 *   unknown_fields fields that nobody has heard of
 *   slow           a pause of FEED_SLOW_MS before each 64 KB
 *   disconnect     the connection breaks in the middle of a page
 *
 * Owner: embedded. Failure: E_INPUT naming the word. Threads: none.
 */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

#define FEED_SLOW_MS 100

enum feed_fault {
	FAULT_UNAUTHORIZED,
	FAULT_429,
	FAULT_500,
	FAULT_TRUNCATED,
	FAULT_EMPTY_PAGE,
	FAULT_REPEATED_PAGE,
	FAULT_WRONG_TYPES,
	FAULT_UNKNOWN_FIELDS,
	FAULT_SLOW,
	FAULT_DISCONNECT,
	FEED_FAULTS
};

struct feed_faults {
	struct {
		unsigned every, seen; /* every 0: off */
	} of[FEED_FAULTS];
};

/* Replaces what was switched on; an empty list switches everything off. Untouched on failure. */
int feed_faults_parse(struct str list, struct feed_faults *ret_faults, struct err *e) MUST_CHECK;

/* Counts a request: which faults does it get? */
struct feed_due {
	bool is[FEED_FAULTS];
};
struct feed_due feed_faults_due(struct feed_faults *f);

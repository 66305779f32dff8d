/* feed_fault: what a feed can do wrong, on purpose, for tests. docs/feed.md says what each one is.
 *
 * A list such as "429:5,truncated:3,slow" switches faults on. A number n says "every n-th request for listings" (1 unless said);
 * requests are counted for each fault from the moment it is switched on. Two read their number in another way: token_expired comes once,
 * at the n-th request, and vanish takes n per cent of the listings away. Faults of the market (future, storm, backwards, vanish) and of
 * every answer (skew, no_retry_after, reset_epoch, bad_metadata, html_metadata) hold as long as they are on.
 *
 * Owner: embedded. Failure: E_INPUT naming the word. Threads: none.
 */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

#define FEED_SLOW_MS 100
#define FEED_SLOW_START_MS 1500
#define FEED_HUGE (40 * 1024 * 1024) /* bytes of a huge row, at least */
#define FEED_SKEW_US (INT64_C(3600) * 1000 * 1000)

enum feed_fault {
	/* an answer instead of a page */
	FAULT_UNAUTHORIZED,
	FAULT_429,
	FAULT_500,
	FAULT_TOKEN_EXPIRED,
	FAULT_REFUSED_FILTER,
	FAULT_FORGOTTEN_LINK,
	/* a page */
	FAULT_TRUNCATED,
	FAULT_EMPTY_PAGE,
	FAULT_HALF_SWEEP,
	FAULT_REPEATED_PAGE,
	FAULT_NEXT_LOOP,
	FAULT_OTHER_HOST,
	FAULT_WRONG_TYPES,
	FAULT_UNKNOWN_FIELDS,
	FAULT_DUPLICATES,
	FAULT_HUGE_ROW,
	FAULT_SLOW,
	FAULT_SLOW_START,
	FAULT_DISCONNECT,
	/* every answer */
	FAULT_NO_RETRY_AFTER,
	FAULT_RESET_EPOCH,
	FAULT_SKEW,
	FAULT_BAD_METADATA,
	FAULT_HTML_METADATA,
	/* the market: gen_set_twist() */
	FAULT_FUTURE,
	FAULT_STORM,
	FAULT_BACKWARDS,
	FAULT_VANISH,
	FEED_FAULTS
};

struct feed_faults {
	struct {
		unsigned every, seen; /* every 0: off */
	} of[FEED_FAULTS];
};

/* Replaces what was switched on; an empty list switches everything off. Untouched on failure. */
int feed_faults_parse(struct str list, struct feed_faults *ret_faults, struct err *e) MUST_CHECK;

/* The number of a fault that is on; 0: it is off. */
unsigned feed_faults_on(const struct feed_faults *f, enum feed_fault fault);

/* Counts a request: which faults does it get? */
struct feed_due {
	bool is[FEED_FAULTS];
};
struct feed_due feed_faults_due(struct feed_faults *f);

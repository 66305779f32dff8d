/* pace_window: what is known of a source's budget for a minute, an hour, a day, and how long one has to wait because of it.
 *
 * A budget that the source tells (limit, remaining, reset) counts for more than what we counted. Its times are by its own clock: the
 * Date header of the same answer says how far that is from ours.
 *
 * Owner    embedded. Failure: a header that cannot be read says nothing. Threads: pure. Units: microseconds since 1970.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_result;

enum pace_span { PACE_MINUTE, PACE_HOUR, PACE_DAY, PACE_SPANS };

extern const char *const pace_span_names[PACE_SPANS];

struct pace_window {
	int64_t limit;      /* by our settings; 0: none */
	int64_t most;       /* as the source says; 0: it did not */
	int64_t remaining;  /* as the source says; -1: it did not */
	int64_t reset_us;   /* when that comes back, by our clock; 0: unknown */
	int64_t started_us; /* of our own count */
	int64_t used, unsaved;
};

/* One request goes out. */
void pace_window_count(struct pace_window w[PACE_SPANS], int64_t now_us);

/* Microseconds until the next request may go; 0: now. */
int64_t pace_window_wait(struct pace_window w[PACE_SPANS], int64_t now_us);

/* Takes in what the headers of an answer say. True when one of the budgets is nearly used up. */
bool pace_window_read(struct pace_window w[PACE_SPANS], const struct http_result *r,
	int64_t now_us);

/* How far the source's clock is ahead of ours, by the Date header; 0 without one. */
int64_t pace_window_skew(const struct http_result *r, int64_t now_us);

/* feed_rate: Bridge's two budgets: requests an hour, and a fifteenth of that a minute.
 *
 * Both are fixed windows of the wall clock; a request counts in both. Owner: embedded. Failure: none.
 * Threads: none. Units: microseconds since 1970.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct feed_window {
	int64_t length_us, ends_us;
	int64_t limit, used;
};

struct feed_rate {
	struct feed_window hour, minute;
};

void feed_rate_init(struct feed_rate *r, int64_t per_hour, int64_t now_us);

/* Counts a request; false when a budget is used up (then it does not count). */
bool feed_rate_take(struct feed_rate *r, int64_t now_us);

int64_t feed_window_left(const struct feed_window *w);

/* Seconds until the budget that is used up comes back; 1 when none is: the refusal is a fault that was asked for. */
int64_t feed_rate_wait_s(const struct feed_rate *r, int64_t now_us);

/* flight: of equal requests at the same time one is worked on, the others wait for what it comes to.
 *
 * Owner    site_flights_new() to site_flights_free(), when nobody is in the air any more. A flight is gone when it has landed and everybody
 *          who waited was told.
 * Failure  E_CANCEL in site_flight_wait() when the fiber was cancelled.
 * Threads  the loop's; site_flight_wait() (waits).
 */
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "mod/site/cache.h"

struct arena;
struct site_flight;
struct site_flights;

struct site_flights *site_flights_new(void) __attribute__((returns_nonnull));
void site_flights_free(struct site_flights *all); /* NULL is fine */

struct site_flight *site_flight_find(const struct site_flights *all,
	struct str key); /* NULL: nobody is at it */
struct site_flight *site_flight_begin(struct site_flights *all, struct str key);

/* What it came to, for everybody. */
struct site_outcome {
	int status; /* 0: it went well */
	struct str message;
	struct site_answer answer;
};
void site_flight_land(struct site_flights *all, struct site_flight *f,
	const struct site_outcome *o);

/* (waits) In a. */
int site_flight_wait(struct site_flight *f, struct arena *a, struct site_outcome *ret) MUST_CHECK;

/* usage: how many requests a consumer has had in the minute and the hour under way, over all processes.
 *
 * Each process counts what it answers and adds it to mls.reso_usage every second; a request sees that row and what this process has not
 * added yet. So nothing is written on a request, and a limit may be passed by what the other processes answered within the last second
 * (RESO_FLUSH_MS). Minutes and hours begin on the clock, in UTC. Refused requests do not count.
 *
 * Owner    the module: reso_usage_new() to reso_usage_free().
 * Failure  -1 after reso_fault(429) with Retry-After. When the database does not take the counts they are added later.
 * Threads  one loop; reso_usage_flush() (waits).
 */
#pragma once
#include "base/err.h"

struct db;
struct loop;
struct reso_call;
struct reso_usage;

#define RESO_FLUSH_MS 1000

struct reso_usage *reso_usage_new(struct loop *loop, struct db *db);
void reso_usage_flush(struct reso_usage *u); /* (waits) the last counts, at the end */
void reso_usage_free(struct reso_usage *u);  /* NULL is fine */

/* Counts the request of c->who, and announces the limits in headers: Burst-RateLimit-* of the minute, Application-RateLimit-* of the
 * hour; *-Reset as a UTC time. */
int reso_usage_take(struct reso_call *c) MUST_CHECK;

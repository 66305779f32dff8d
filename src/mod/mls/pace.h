/* pace: how fast a source may be asked. What it has given is kept in mls.rate_windows, so a new process does not begin at nothing; what
 * its headers say (Application- and Burst-RateLimit-*, Minute- and Hour-Quota-*, Retry-After) counts for more than what we counted.
 *
 * Several processes at one source count together, a request each at a time: the rows are the truth, this is a copy that is written
 * back after every request that came near a limit and every few seconds besides.
 *
 * Owner    the arena. Failure E_CANCEL while waiting; E_RATE when the wait would be longer than the caller has. A database that is away
 *          holds up nobody: it is counted here and written later. Threads one loop; (waits). Units milliseconds.
 */
#pragma once
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct db;
struct http_result;
struct pace;
struct source_settings;

/* (waits) Reads what is known. */
struct pace *pace_new(struct arena *a, struct db *db, struct str workspace_id,
	struct str connection_id, const struct source_settings *limits);

/* (waits) Until one more request is allowed; at most that long. */
int pace_before(struct pace *p, int64_t most_ms, struct err *e) MUST_CHECK;

/* After each answer; result may be one that failed. Answers how long to wait before the same request again: -1 no opinion. */
int64_t pace_after(struct pace *p, const struct http_result *result);

/* (waits) Writes back. Called at the end of a run. */
void pace_save(struct pace *p);

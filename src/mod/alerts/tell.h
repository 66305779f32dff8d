/* tell: what a look at the listings found, into mls.search_alerts, and the problems of searches that cannot be read.
 *
 * Owner    borrows; the session's transaction is the caller's. Failure as the session. Threads (waits).
 */
#pragma once
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct alerts_batch;
struct arena;
struct session;

/* Of a listing: when it happened, and what it was and is. Texts as PostgreSQL wrote them; absent: null. */
struct alerts_moment {
	struct str listing_id, happened_at, old_price, new_price, old_status, new_status;
};

struct alerts_tell {
	struct session *session;
	struct arena *arena;
	struct str workspace_id;
	struct alerts_batch *batch;          /* after alerts_match() */
	const struct alerts_moment *moments; /* per listing of the batch */
};

/* *ret_told: alerts that are new. */
int alerts_tell(struct alerts_tell *t, int64_t *ret_told, struct err *e) MUST_CHECK;

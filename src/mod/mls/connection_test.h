/* connection_test: tries out what a feed can do, step by step, and says each result as a sentence.
 *
 *     {"ok": true, "took_ms": 812, "steps": [{"step": "reach", "state": "ok", "words": "…"}, …], "suggested": {"media": "expand"}}
 *
 * steps, in this order, each ok, failed or skipped: reach token metadata property replication replication_filter filter_order next_link
 * media page_size rate_limit. ok: listings can be read at all.
 *
 * Owner    the arena.
 * Failure  of the feed: part of the report. E_* when there is no connection to test, or the report cannot be stored.
 * Threads  (waits): in a fiber; some fifteen requests.
 */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct source_from;

struct connection_report {
	struct str connection_id;
	struct str json;
	struct str suggested; /* settings as JSON; "{}": none */
	bool is_ok;
};

/* (waits) Tests, keeps metadata and report (tested_at, test_report), and moves the status: what works becomes active, a refused token
 * error. apply: the suggested settings are stored too. from->even_if_held is taken as true; from->s is used throughout. */
int connection_test(struct arena *a, const struct source_from *from, bool apply,
	struct connection_report *ret, struct err *e) MUST_CHECK;

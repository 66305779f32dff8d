/* remap: types rows of mls.listings again, from the payloads that are kept beside them, when their mapping has become another one.
 *
 * A row is typed with the mapping of the import task it belongs to, or else with the active one of its source; those whose
 * mapping_hash is another one are done in batches, each a transaction. Killed at any moment and run again it goes on where it was,
 * since what is done is told by the row itself. Rows are locked before their payload is read, and rows that somebody else is writing
 * come later, so a sync of the same connection may run meanwhile. Nothing of this is an event of the market, so listing_events get
 * none; updated_at moves only where a column changed.
 *
 * Every run is a row of mls.sync_runs of kind remap, with progress and NOTIFY plat_sync_runs after each batch.
 *
 * Owner    the caller of everything passed in.
 * Failure  E_ABSENT no active mapping; E_INPUT one that cannot be used; E_CONFLICT another process is at it; E_CANCEL as asked for.
 * Threads  (waits): in a fiber.
 */
#pragma once
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct db;
struct job;

struct remap_stats {
	int64_t total;     /* rows to do when it began */
	int64_t done;      /* rows typed */
	int64_t changed;   /* of these, with another value in a column */
	int64_t corrected; /* values emptied */
	int64_t media;     /* media rows written or removed */
	int64_t left;      /* rows that others were writing all the time */
	int64_t duration_ms;
};

struct remap_options {
	struct db *db;
	struct str workspace_id, provider;
	void (*on_batch)(const struct remap_stats *stats, void *arg); /* may be NULL */
	void *arg;
};

int remap_run(const struct remap_options *o, struct remap_stats *ret_stats,
	struct err *e) MUST_CHECK;

/* The job mls.remap, of a workspace: {"provider": "bridge"}. Without one it is the daily look for rows that an older program has typed
 * by other rules: a job for each source. */
int remap_job(struct job *j, struct err *e);

/* sync: replicates listings from a RESO feed into mls.listings and mls.listing_media (document 000; facts in docs/sync.md).
 *
 * One run fetches page after page, and while a page is being loaded the next one is already fetched. A page is one transaction:
 * new rows go by COPY straight into listings and media, changed ones by way of temporary tables, and with them the counters of the
 * run and the cursor: all or nothing. So a run may be killed at any moment; the next one goes on after the last committed page, and rows that come
 * again change nothing. Rows whose payload and mapping are what they were are recognised by a hash before they are sent.
 *
 * First the whole dataset is replicated, then only what changed since (with some overlap). The cursor is the greatest source
 * timestamp seen, never a clock of ours.
 *
 * Owner    the caller of everything passed in; the report is a value, its text lives in the arena of e.
 * Failure  an E_* with one sentence; the same sentence is in the run's sync_runs row, and a connection whose token was refused gets
 *          status error. E_CONFLICT when another process is syncing the connection.
 * Threads  (waits): in a fiber.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct db;
struct http_client;
struct keyring;
struct loop;

enum sync_kind {
	SYNC_CHANGES,   /* everything the first time, then what changed */
	SYNC_RECONCILE, /* a sweep by keys: what vanished, what is missing or stale here */
};

/* What a run has done so far; also what sync_runs.stats holds, with the duration. */
struct sync_stats {
	int64_t fetched;  /* rows received */
	int64_t upserted; /* rows new or changed */
	int64_t indexed; /* of these, what searches find, as it is now: all but what was taken down by hand */
	int64_t inserted;  /* of these, new */
	int64_t unchanged; /* rows that were as they are */
	int64_t errors;    /* rows that could not be kept: no key, not an object */
	int64_t corrected; /* values that could not be typed and were emptied; their payload is kept */
	int64_t media;     /* media rows written or removed */
	int64_t pages;
	int64_t revived;       /* rows that had vanished, or gone out of scope, and are back */
	int64_t vanished;      /* rows taken down because two sweeps did not see them */
	int64_t refetched;     /* rows fetched by key after a sweep */
	int64_t skipped_large; /* rows too large to be kept */
	int64_t total;         /* rows expected, from the feed's count; -1 unknown */
	int64_t duration_ms;
};

struct sync_options {
	struct loop *loop;
	struct db *db; /* the login's connections */
	const struct keyring *keyring;
	struct http_client *http;
	struct str workspace_id;
	enum sync_kind kind;
	struct str connection_id; /* absent: the provider's, or the only one */
	struct str task_id; /* only this import task, due or not; absent: all of the connection */
	struct str run_id;  /* of a sync_runs row made beforehand; absent: made here */
	bool only_due;      /* import tasks whose turn it is not are left out */
	bool by_hand;       /* a person asked: the circuit breaker does not hold it */
	int page_size;      /* 0: the most that the source gives */
	bool from_scratch;  /* forget the cursor and read everything again */
	/* After every page; may be NULL. */
	void (*on_page)(const struct sync_stats *stats, void *arg);
	void *arg;
};

/* Syncs the workspace's connection (there is one per provider; provider absent: the only one). */
int sync_workspace(const struct sync_options *o, struct str provider, struct sync_stats *ret_stats,
	struct err *e) MUST_CHECK;

/* Loads a saved RESO page (an object with `value`, or one listing) through the same path. name is for the run's row. */
int sync_import(const struct sync_options *o, const char *name, struct str text,
	struct str provider, struct sync_stats *ret_stats, struct err *e) MUST_CHECK;

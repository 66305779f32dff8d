/* store: the indexes of this process, one for each workspace that is searched, in step with the table.
 *
 * An index is loaded when its workspace is searched first, and given up when it was not for long or memory is short (PLAT_SEARCH_MEMORY).
 * The follower reads what changed (mls.listings.changed_xid, mls.listing_removals) when it hears plat_listings, and every second. A search
 * never waits for it; a loading index makes searches wait up to a few seconds, then E_BUSY.
 *
 * Owner    one store per service, search_store_new() to search_store_free() (waits).
 * Failure  E_BUSY: still loading, or no room; E_CANCEL: stopping; else the database's.
 * Threads  the loop's; searches compute in the pool's threads, several at once; small ones of small indexes in the loop's.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "mod/search/index.h"

struct arena;
struct buf;
struct db;
struct err;
struct loop;
struct search_store;
struct service;

struct search_store *search_store_new(struct service *s);

struct search_store_options {
	struct loop *loop;
	struct db *db;
	size_t memory; /* bytes; 0: PLAT_SEARCH_MEMORY */
};
struct search_store *search_store_open(
	const struct search_store_options *o); /* without a service */

void search_store_free(struct search_store *st);

/* (waits) In a fiber. workspace_id: a uuid's text. */
int search_store_run(struct search_store *st, struct str workspace_id, const struct search_query *q,
	struct arena *a, struct search_result *ret, struct err *e);

/* Listings of the workspace for the audience; (waits) loads the index as a search does. */
int search_store_len(struct search_store *st, struct str workspace_id, enum search_audience who,
	size_t *ret_n, struct err *e);

/* What its listings may show changed (compliance profile): the index is made anew, and serves as it is until then. Also heard as
 * NOTIFY plat_search with the workspace's id. */
void search_store_renew(struct search_store *st, struct str workspace_id);

void search_store_metrics(const struct search_store *st, struct buf *out); /* Prometheus text */

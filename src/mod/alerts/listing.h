/* listing: rows of mls.listings as documents to be held against searches.
 *
 * Owner    the arena of the result that they were read from. Failure as the session. Threads (waits).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "mod/search/search.h"

struct arena;
struct session;

struct alerts_listings {
	struct search_doc *docs; /* inactive ones are not among them */
	struct str *ids;         /* of each: its uuid's text */
	size_t n;
	struct str last_id;             /* of all that were read, active or not; absent: none was */
	bool hidden[SEARCH_FIELDS_MAX]; /* the workspace's MLS keeps these fields from the public */
};

/* ids: a JSON array of uuids. */
int alerts_listing_read(struct session *s, struct arena *a, struct str workspace_id, struct str ids,
	struct alerts_listings *ret, struct err *e) MUST_CHECK;

/* The same as they were: was is a JSON array of {"id": …, "was": {columns that were otherwise}}. */
int alerts_listing_read_befores(struct session *s, struct arena *a, struct str workspace_id,
	struct str was, struct alerts_listings *ret, struct err *e) MUST_CHECK;

/* The next `most` active ones behind an id, which is absent at first. */
int alerts_listing_page(struct session *s, struct arena *a, struct str workspace_id,
	struct str after, int64_t most, struct alerts_listings *ret, struct err *e) MUST_CHECK;

/* feed_query: the query options of a request for listings, with Bridge's limits.
 *
 * Owner    the arena; texts borrow from the request.
 * Failure  E_INPUT with a sentence that names the option. Options that are not served ($expand ...) are
 *          refused, not ignored; parameters without a $ are ignored apart from access_token and next.
 * Threads  pure.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "mod/mls/gen_field.h"

struct arena;
struct buf;
struct feed_filter;

#define FEED_TOP 10        /* Property without $top */
#define FEED_TOP_MAX 200   /* Property */
#define FEED_PAGE_MAX 2000 /* Property/replication */
#define FEED_DEPTH 10000   /* $skip and $top together */
#define FEED_ORDERS 3

struct feed_order {
	const struct gen_field *field;
	bool is_descending;
};

/* Where a page of a replication begins: behind this entry of the index. */
struct feed_cursor {
	bool is_set;
	int64_t at;
	uint64_t key;
};

struct feed_query {
	bool is_replication;
	const struct feed_filter *filter; /* NULL: everything */
	const bool *fields;               /* one for each of gen_fields; NULL: all */
	struct feed_order orders[FEED_ORDERS];
	size_t orders_n;
	int64_t top, skip;
	bool count;
	struct feed_cursor cursor;
	/* As they were written, for links and for the cache of results; absent without. */
	struct str filter_text, select_text, unselect_text, order_text, access_token;
	bool has_top;
};

/* page_max: how many rows the server puts on a page at most, whatever the limits allow. */
int feed_query_parse(struct arena *a, struct str query, bool is_replication, int64_t page_max,
	struct feed_query *ret_query, struct err *e) MUST_CHECK;

/* Appends "?..." for the page that follows: after the cursor, or from the row number skip. */
void feed_query_link(struct buf *b, const struct feed_query *q, const struct feed_cursor *after,
	int64_t skip);

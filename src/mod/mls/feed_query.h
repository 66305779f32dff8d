/* feed_query: the query options of a request for listings or photos, read by reso's OData, with Bridge's limits or
 * those of Web API Core 2.1.
 *
 * Owner    the arena; texts borrow from the request.
 * Failure  -1 with a fault that names the option. Options that are not served are refused, not ignored; parameters
 *          without a $ that OData does not know are ignored, apart from access_token.
 * Threads  pure.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "mod/mls/gen_field.h"
#include "mod/reso/reso.h"

struct arena;
struct buf;

#define FEED_TOP 10      /* Property without $top */
#define FEED_TOP_MAX 200 /* Property, and a plain server's page unless the client prefers another */
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
	int64_t as_of_us; /* the feed's time when the link was given */
};

/* Which server it is that reads the query. */
struct feed_rules {
	const struct odata_model *model; /* feed_model_new() */
	struct str link_key;             /* seals the next links */
	bool is_reso; /* plain: $top means all pages together, and there is $expand=Media */
	bool is_replication;
	int64_t page_max; /* how many rows it puts on a page at most, whatever the limits allow */
	int64_t prefers;  /* the client's odata.maxpagesize; 0: nothing said */
	int64_t now_us;   /* for now() */
};

struct feed_query {
	struct feed_rules rules;
	bool is_walk; /* pages follow the index behind a cursor, rather than row numbers */
	const struct odata_node *filter; /* NULL: everything */
	const bool *fields;              /* one for each of gen_fields; NULL: all */
	struct feed_order orders[FEED_ORDERS];
	size_t orders_n;
	int64_t top, skip; /* of this page */
	int64_t wants;     /* rows on this page and all that follow; -1: all there are */
	bool count, expands_media;
	struct feed_cursor cursor;
	/* As they were written, for links and for the cache of results; absent without. */
	struct str filter_text, order_text, options, access_token;
	const bool *media_fields; /* of photos: one for each of the resource's; NULL: all */
};

int feed_query_parse(struct arena *a, struct str query, const struct feed_rules *rules,
	struct feed_query *ret_query, struct odata_fault *f) MUST_CHECK;

/* The same for photos: they come by ResourceRecordKey and Order, a page after the other by number. */
int feed_query_media(struct arena *a, struct str query, const struct feed_rules *rules,
	struct feed_query *ret_query, struct odata_fault *f) MUST_CHECK;

/* Appends "?..." for the page that follows: after the cursor, or from the row number skip. A cursor that is not set is the first page. */
void feed_query_link(struct arena *a, struct buf *b, const struct feed_query *q,
	const struct feed_cursor *after, int64_t skip);

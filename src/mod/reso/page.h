/* page: rows of a resource, as PostgreSQL sends them, into the answer.
 *
 * The rows of a page are found and read by one statement through a cursor of the database, some at a time, so memory is flat, and time
 * limits hold for each part, not for how long a client takes. The page after it begins behind the last row's place in the order, which the
 * next link carries.
 *
 * Owner    the request's arena.
 * Failure  -1 after a fault while nothing was sent; later the answer is cut off.
 * Threads  (waits).
 */
#pragma once
#include "base/err.h"
#include "mod/reso/odata_query.h"

struct reso_call;
struct reso_catalog;
struct reso_source;

#define RESO_PAGE_USUAL 200
#define RESO_PAGE_REPLICATION 1000
#define RESO_PAGE_MOST 2000

struct reso_want {
	const struct reso_catalog *catalog;
	const struct reso_source *source;
	const struct odata_query *query;
	struct str path;     /* below the root, as asked for: "Property" */
	struct str audience; /* of next links */
	struct str key;      /* of Property('k')/Media: the listing's; absent: all rows */
	int64_t page_size;   /* for a first page; links carry it */
	bool is_single;      /* of one row: without "value", 404 when it is not there */
};

int reso_page(struct reso_call *c, const struct reso_want *want) MUST_CHECK;
int reso_page_count(struct reso_call *c, const struct reso_want *want,
	int64_t *ret_count) MUST_CHECK;

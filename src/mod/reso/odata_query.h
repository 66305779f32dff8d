/* odata_query: the query options of a request, checked against the model.
 *
 * Served: $filter $select $unselect $orderby $top $skip $count $expand $format $skiptoken, with or without the $
 * (OData 4.01). $expand takes ($select=...;$top=...;$orderby=...). $search, $apply, $compute, $levels, $index,
 * $deltatoken are 501, other options that begin with $ are 400; parameters without it are the server's own and are
 * left alone. An option given twice is 400.
 *
 * Owner    the arena; texts borrow from the query where nothing had to be decoded.
 * Failure  -1 with a fault that names the option and, within it, the position.
 * Threads  pure.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "mod/reso/odata_ast.h"
#include "mod/reso/odata_fault.h"
#include "mod/reso/odata_model.h"

struct arena;

#define ODATA_ORDERS 8
#define ODATA_EXPANDS 8

enum odata_option {
	ODATA_OPT_FILTER = 1 << 0,
	ODATA_OPT_SELECT = 1 << 1,
	ODATA_OPT_UNSELECT = 1 << 2, /* Bridge's own: all fields but these */
	ODATA_OPT_ORDERBY = 1 << 3,
	ODATA_OPT_TOP = 1 << 4,
	ODATA_OPT_SKIP = 1 << 5,
	ODATA_OPT_COUNT = 1 << 6,
	ODATA_OPT_EXPAND = 1 << 7,
	ODATA_OPT_FORMAT = 1 << 8,
	ODATA_OPT_SKIPTOKEN = 1 << 9,
	ODATA_OPT_ALL = (1 << 10) - 1,
};

enum odata_format { ODATA_FORMAT_ANY, ODATA_FORMAT_JSON, ODATA_FORMAT_XML };

struct odata_order {
	const struct odata_field *field; /* never a list */
	bool is_descending; /* nulls stand before everything else: first ascending, last descending */
};

struct odata_expand {
	const struct odata_navigation *navigation;
	const bool *selected; /* one for each field of the target; NULL: all */
	int64_t top;          /* -1: all */
	int64_t skip;
	struct odata_order orders[ODATA_ORDERS];
	size_t orders_n;
};

/* What the place allows; options that are not in `options` are 400 with `where` in the sentence. */
struct odata_manners {
	unsigned options;  /* enum odata_option */
	const char *where; /* "Property/replication" */
	int64_t top_max;   /* a larger $top is 400; 0: none is too large */
	int64_t now_us;    /* for now() */
	/* Next links: the key and whom they are for (odata_link.h). An absent key: no tokens are taken. */
	struct str link_key, link_audience;
};

struct odata_query {
	const struct odata_resource *resource;
	unsigned given;                  /* the options that were there */
	const struct odata_node *filter; /* NULL: every row */
	const bool *
		selected; /* one for each field of the resource; NULL: all. $unselect ends here too */
	bool navigations[ODATA_NAVIGATIONS]; /* navigations that $select names */
	struct odata_order orders[ODATA_ORDERS];
	size_t orders_n;
	int64_t top;  /* -1: not said */
	int64_t skip; /* 0: not said */
	bool count;
	struct odata_expand expands[ODATA_EXPANDS];
	size_t expands_n;
	enum odata_format format;
	/* OData's options as they were written, for odata_link_seal(); when the request followed a link, those of the
	 * first request. */
	struct str options;
	struct str cursor; /* of the link that was followed; absent: the first page */
	struct str filter_text, order_text; /* decoded, for caches; absent without */
};

/* query: raw, as it stood behind '?'; absent is fine. */
int odata_query_parse(struct arena *a, const struct odata_resource *r, struct str query,
	const struct odata_manners *manners, struct odata_query *ret_query,
	struct odata_fault *f) MUST_CHECK;

/* Rows a page that a header Prefer asks for (odata.maxpagesize=50 or maxpagesize=50); -1: it does not. */
int64_t odata_query_prefer(struct str header);

/* select: the SELECT of a tree of embeds, over a table, a function's rows, or the rows that a write returned.
 *
 *     root columns              plain columns, made JSON by encode.c
 *     to-one embeds             LEFT JOIN, plain columns too, shown as an object (rest_out.is_object)
 *     to-many embeds            one column: the JSON array, made by PostgreSQL (json_agg); so is all inside it
 *     spreads                   columns lifted up, or arrays
 *     inner joins, null tests   EXISTS, or an inner join for to-one
 *
 * Values of types whose kind is REST_KIND_WRAP are wrapped in to_json() unless the answer is CSV.
 *
 * Owner    texts go to s, outputs to the plan's arena.
 * Failure  -1 with PGRST108, 118, 120, 123, 127, 200, 201, 204 in the words of the dialect. Threads pure.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct buf;
struct rest_cond;
struct rest_column;
struct rest_func;
struct rest_plan;
struct rest_request;
struct rest_sql;
struct rest_table;

/* What the root reads from. */
struct rest_source {
	const struct rest_table *
		table; /* whose columns, computed fields and links there are; NULL: a function's own columns */
	const struct rest_column
		*columns; /* then: these; n_columns; NULL: not known (record), only * is possible */
	size_t n_columns;
	struct str
		sql; /* goes behind FROM, without alias: "mls"."listings", w, "f"(a => $1). Absent: the table's own name */
	bool is_done; /* filters, order and paging of the root are in sql already: a write's rows, in their order */
	bool is_rows; /* columns and computed fields come as plain columns of sql (a CTE): no row type to call functions on */
};

/* Writes the whole SELECT for the root of r->query, with the media type of r->accept, and fills result, out, n_cols, content_type,
 * may_restart, limit_value of p. Also EXPLAIN for plans, aggregates of media handlers, GeoJSON. */
int rest_select_write(struct rest_request *r, struct rest_sql *s, const struct rest_source *from,
	struct rest_plan *p);

/* The same rows without columns: how many there are on the page is all that is seen. After rest_select_write(). */
int rest_select_head(struct rest_request *r, struct rest_sql *s, const struct rest_source *from,
	struct rest_plan *p);

/* Adds to the shape what the planner reads besides rest_shape_query(): small limits, which become part of the SQL when rows are joined
 * to the page, orders that repeat a column, and the cursor (keyset.h, which it calls). After rest_shape_query(), for every request; what
 * is asked for, or db-max-rows when that is less, is then the limit of pages up to 1000 rows. */
int rest_select_shape(struct rest_request *r, struct buf *shape);

/* p->count and p->planned as r->prefer.count asks, for the filters of the root without paging. */
int rest_select_count(struct rest_request *r, const struct rest_source *from, struct rest_plan *p);

/* " where …" of the root's filters over alias; nothing when there are none. For UPDATE and DELETE. */
int rest_select_where(struct rest_request *r, struct rest_sql *s, const struct rest_source *from,
	struct str alias);
/* " order by …" with the primary key appended when add_pk. */
int rest_select_order(struct rest_request *r, struct rest_sql *s, const struct rest_source *from,
	struct str alias, bool add_pk);

/* Only columns, JSON paths, casts and computed fields of the root itself: its items can stand in RETURNING. */
bool rest_select_is_plain(const struct rest_request *r);
/* Those items over alias, and out, n_cols of p. */
int rest_select_items(struct rest_request *r, struct rest_sql *s, const struct rest_source *from,
	struct str alias, struct rest_plan *p);
/* For a CTE: "col, col, computed" that the select and its embeds need of the root, over alias. */
int rest_select_needed(struct rest_request *r, struct rest_sql *s, const struct rest_source *from,
	struct str alias);

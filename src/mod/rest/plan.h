/* plan: how a shape of request is executed and its rows become an answer. Made once for a shape and a role, then kept (plan.c).
 *
 * Owner    counted; the plans of a cache (rest_plans) hold one reference, requests that run them another.
 * Failure  see the functions. Threads one loop.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "db/db.h"

struct arena;
struct buf;
struct rest_cache;
struct rest_request;
struct rest_sql;

/* One member of a row in the answer. */
struct rest_out {
	struct rest_out *next;
	struct str key;
	struct str quoted; /* "key": as JSON, with quotes and colon */
	int col; /* of the result; of an object the column that is null when there is no row (to-one embeds) */
	struct rest_out *first; /* of an object: its members; NULL: a plain value */
	bool is_object;
};

struct rest_statement {
	struct stmt stmt;
	const uint16_t *values; /* parameter $i+1 is r->values.v[values[i]] */
	size_t n;
};

enum rest_result {
	REST_RESULT_NONE, /* nothing to show: 201, 204 */
	REST_RESULT_ROWS, /* rows by `out` */
	REST_RESULT_VALUE, /* one row, one column: the answer is that value (scalar function, composite as JSON) */
	REST_RESULT_VALUES, /* rows of one column: an array of them */
	REST_RESULT_BODY, /* one row, one column: its bytes are the body (media handlers, GeoJSON, plans) */
};

enum rest_guard { REST_GUARD_NONE, REST_GUARD_SINGULAR, REST_GUARD_AFFECTED };

struct rest_plan {
	unsigned refs;
	struct arena *arena;
	enum rest_result result;
	struct str content_type; /* of the answer; absent: by the media type asked for */
	struct rest_statement main;
	struct rest_statement count;   /* exact: one row, one number. stmt.sql NULL: none */
	struct rest_statement planned; /* EXPLAIN (FORMAT JSON) of the count */
	struct rest_out *out;
	int n_cols;        /* columns of main */
	bool is_read_only; /* transaction_read_only */
	bool is_plain; /* a read that reaches no code which might write: plat's own database leaves that setting out */
	bool may_restart; /* a read that can be run again, as a stream */
	bool is_bytea;    /* REST_RESULT_BODY: the column is bytea */
	bool is_csv;      /* texts as PostgreSQL writes them, not JSON */
	bool is_one;      /* at most one row can come */
	bool is_object; /* ROWS of a function that returns one row: an object, not an array of it */
	int limit_value; /* index in values of the root's LIMIT; -1 */
	/* Column that tells how many rows were inserted, of upserts that may update; without a row none was. -1: all that were affected */
	int inserted_col;
	int affected_col; /* column with the number of rows written when main does not return them itself; -1 */
	int total_col; /* column with the exact total, of a function that must run once; 0: none */
	/* Main fails with 22P02 and "plat rows=N" when it writes more rows than allowed, so that nothing is kept (sql_guard.c). */
	enum rest_guard guard;
	/* Location of headers-only: column i of the first row is key[i]'s value */
	const struct str *pk;
	const int *pk_cols;
	size_t n_pk;
	/* Columns whose values in the last row are the cursor of the next page (keyset.h); some are not in `out`. */
	const int *keyset;
	size_t n_keyset;
	struct str warning; /* Warning header, or absent */
	const struct str *
		settings; /* for this transaction: name, value alternately (hoisted function settings) */
	size_t n_settings;
	uint64_t made_us, uses, rows_max,
		bytes_max; /* what it was like: the stream decides by it */
};

void rest_plan_unref(struct rest_plan *p); /* NULL is fine */

/* r->plan: the one kept for shape, or a new one. -1 with a fault. */
int rest_plan_get(struct rest_request *r, struct str shape);

/* What makes them: rest_plan_make() asks one of these by target and method. r->values and all numbers are there. */
int rest_plan_read(struct rest_request *r, struct rest_plan *p);
int rest_plan_write(struct rest_request *r, struct rest_plan *p);
int rest_plan_call(struct rest_request *r, struct rest_plan *p);

/* Adds a member behind *last (the address of the end of the list); quoted is made from key. */
struct rest_out *rest_out_add(struct arena *a, struct rest_out **last, struct str key, int col);

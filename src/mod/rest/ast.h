/* ast: what a client asked for, as parsed: select, filters, order, paging. No table is known here.
 *
 * Made by parse.h from the query string. Lists are singly linked in the order written; an absent list is NULL.
 *
 * Values and parameters: every value that a client wrote (filter values, JSON path keys, limits, arguments) gets a number when
 * rest_shape_query() walks the tree: `param`, an index into struct rest_values; -1 before, and where there is none. Two requests of
 * the same shape have the same tree apart from the values, so they share one plan and one prepared statement.
 *
 * Owner    the arena of the request; texts are decoded and borrow from there.
 * Failure, threads none: data.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum rest_op {
	REST_EQ,
	REST_NEQ,
	REST_GT,
	REST_GTE,
	REST_LT,
	REST_LTE,
	REST_LIKE,
	REST_ILIKE,
	REST_MATCH,
	REST_IMATCH,
	REST_IN,
	REST_IS,
	REST_ISDISTINCT,
	REST_FTS,
	REST_PLFTS,
	REST_PHFTS,
	REST_WFTS,
	REST_CS,
	REST_CD,
	REST_OV,
	REST_SL,
	REST_SR,
	REST_NXR,
	REST_NXL,
	REST_ADJ,
	REST_OPS
};

enum rest_quant { REST_QUANT_NONE, REST_QUANT_ANY, REST_QUANT_ALL };
enum rest_is { REST_IS_NULL, REST_IS_NOT_NULL, REST_IS_TRUE, REST_IS_FALSE, REST_IS_UNKNOWN };
enum rest_agg {
	REST_AGG_NONE,
	REST_AGG_SUM,
	REST_AGG_AVG,
	REST_AGG_MIN,
	REST_AGG_MAX,
	REST_AGG_COUNT
};

/* One arrow of a JSON path: ->key, ->>key, ->0 . */
struct rest_step {
	struct str key; /* as written, without quotes; for an index its digits, "-1" too */
	bool is_index;
	bool as_text; /* ->> */
	int param;
};

/* A column, computed field or embedded resource, with a JSON path behind it. */
struct rest_field {
	struct str name;
	struct rest_step *steps;
	size_t n_steps;
};

enum rest_cond_kind { REST_COND_TEST, REST_COND_AND, REST_COND_OR };

/* A condition: a test, or a group of conditions. */
struct rest_cond {
	struct rest_cond *next;
	enum rest_cond_kind kind;
	bool negated;
	struct rest_cond *first; /* of a group */

	struct rest_field field; /* of a test, as is all below */
	enum rest_agg
		agg; /* in `having`: the test is on this aggregate; "count()" has an empty field name */
	enum rest_op op;
	enum rest_quant quant;
	enum rest_is is;   /* REST_IS */
	struct str config; /* full-text: "french"; absent without */
	bool is_column;    /* op(col): `other` instead of a value */
	struct rest_field other;
	/* The value as PostgreSQL takes it: `*` of like and ilike is `%` already; a list of REST_IN and of a quantifier is an array
	 * literal ({"a","b"}). Absent for REST_IS. */
	struct str value;
	int param, config_param;
};

enum rest_item_kind { REST_ITEM_STAR, REST_ITEM_FIELD, REST_ITEM_EMBED, REST_ITEM_SPREAD };
enum rest_join { REST_JOIN_DEFAULT, REST_JOIN_LEFT, REST_JOIN_INNER };

struct rest_node;

/* One entry of a select list. "count()" is a FIELD with agg COUNT and an empty field name. */
struct rest_item {
	struct rest_item *next;
	enum rest_item_kind kind;
	struct str alias; /* absent: none */
	struct rest_field
		field; /* FIELD; of an embed only the name: the relation, or the constraint, as written */
	struct str cast; /* "::type" before the aggregate, or the only one; absent: none */
	enum rest_agg agg;
	struct str agg_cast; /* "::type" after the aggregate */
	struct str hint;     /* embeds: "!hint"; absent: none */
	enum rest_join join;
	struct rest_node *node; /* embeds */
};

enum rest_dir { REST_DIR_NONE, REST_ASC, REST_DESC };
enum rest_nulls { REST_NULLS_NONE, REST_NULLS_FIRST, REST_NULLS_LAST };

struct rest_order {
	struct rest_order *next;
	struct str relation; /* "rel(col)": the embed; absent: own column */
	struct rest_field field;
	enum rest_dir dir;
	enum rest_nulls nulls;
	unsigned
		same_item; /* the item, from 1, that selects the same path; 0: none. By rest_select_shape() */
};

/* One level: the root, or the inside of an embed. */
struct rest_node {
	struct rest_item
		*items; /* NULL: nothing selected (`rel()`); a root without `select` has one STAR */
	struct rest_cond *where; /* all of them must hold */
	struct rest_order *order;
	bool has_limit, has_offset;
	int64_t limit, offset;         /* offset below 0 is 0 already */
	int limit_param, offset_param; /* -1: none */
	/* By rest_select_shape(), and part of the shape. */
	bool limit_fixed;       /* limit_sql is written into the SQL */
	bool limit_moot;        /* no more than one row can come, and it may */
	int64_t limit_sql;      /* `limit`, or db-max-rows when that is less */
	struct str items_shape; /* of a list that was read before (selects.h); absent: none */
	bool legacy_target;     /* a filter named the target of an aliased embed (Warning: 299) */
};

/* name=value as decoded, in order: arguments of a function called by GET. */
struct rest_pair {
	struct rest_pair *next;
	struct str name, value;
	int param;
};

struct rest_name {
	struct rest_name *next;
	struct str name;
};

struct rest_query {
	struct rest_node root;
	bool has_select;
	struct rest_pair *args; /* of /rpc by GET or form: in order, repeated names stay repeated */
	struct rest_name
		*columns; /* `columns=`; has_columns tells an absent one from an empty one */
	struct rest_name *on_conflict;
	bool has_columns, has_on_conflict,
		has_filters; /* has_filters: any on the root, logic included */
	/* beyond PostgREST */
	bool distinct;                 /* `distinct=true` */
	struct rest_name *distinct_on; /* `distinct=a,b` */
	struct rest_cond *having;
	bool has_after;
	struct str after;  /* the cursor as sent; "" starts */
	int *after_params; /* the values in it, -1 for null; NULL: none. By rest_keyset_prepare() */
	int openapi;       /* `openapi=3.1`: 31; else 0 */
	/* Parameters sorted by name, as sent (percent-encoded), for Content-Location; "" when there are none, absent when some came
	 * in a body. */
	struct str canonical;
};

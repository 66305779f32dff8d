/* query: which rows, in what order, how many. A constant expression at the place of use:
 *
 *     struct model_query q = {
 *             .workspace_id = workspace_id,
 *             .where = {{MLS_LISTING_CITY, MODEL_EQ, MODEL_V("Miami")},
 *                     {MLS_LISTING_LIST_PRICE, MODEL_LE, MODEL_V(500000)}},
 *             .order = {{MLS_LISTING_LIST_PRICE, MODEL_DESC}},
 *             .limit = 20,
 *     };
 *
 * Conditions are joined by AND; whatever needs OR, joins or sums is SQL (docs/model.md shows how such a
 * result is read). A value always travels as a parameter.
 *
 * Owner    borrows everything.
 * Failure  a value of a type that the column cannot have is a programming error and ends the process; a text
 *          that PostgreSQL cannot read as the column's type is E_INPUT. Threads: pure.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "model/table.h"
#include "model/value.h"

#define MODEL_WHERE_MAX 16
#define MODEL_ORDER_MAX 4

enum model_op {
	MODEL_END, /* no more conditions */
	MODEL_EQ,  /* with null: is null */
	MODEL_NE,  /* null differs from every value; with null: is not null */
	MODEL_LT,
	MODEL_LE,
	MODEL_GT,
	MODEL_GE,
	MODEL_IN,   /* model_strs() */
	MODEL_LIKE, /* text with % and _ */
	MODEL_ILIKE,
	MODEL_CONTAINS, /* an array has the element, or all of model_strs(); jsonb has the JSON */
};

struct model_condition {
	int column;
	enum model_op op;
	struct model_value value;
};

enum model_direction {
	MODEL_UNORDERED, /* no more orders */
	MODEL_ASC,       /* nulls last, as in PostgreSQL */
	MODEL_DESC,      /* nulls first */
};

struct model_order {
	int column;
	enum model_direction direction;
};

enum model_lock {
	MODEL_NO_LOCK,
	MODEL_FOR_UPDATE,  /* until the end of the transaction */
	MODEL_SKIP_LOCKED, /* the same, leaving out what others have locked */
};

struct model_query {
	/* A tenant table is asked about one workspace, unless every_workspace says otherwise: a worker passes
	 * row level security and would read everybody's rows. */
	struct str workspace_id;
	bool every_workspace;
	struct model_condition where[MODEL_WHERE_MAX];
	struct model_order order[MODEL_ORDER_MAX];
	/* The rows behind this one, a row of the table with the columns of `order` and the primary key: the next
	 * page, however much was inserted meanwhile. The primary key then completes the order. */
	const void *after;
	int64_t limit; /* 0: all */
	int64_t offset;
	struct model_columns columns; /* usual: all but hidden ones */
	enum model_lock lock;
};

/* odata_eval: whether a row matches a $filter (odata_ast.h says what the operators mean).
 *
 * Rows are looked at through questions, so they can be JSON, generated values or results of a query.
 *
 * Owner    nothing is allocated apart from texts that functions make, in the arena given.
 * Failure  none.
 * Threads  pure, as far as the questions are.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "mod/reso/odata_ast.h"

struct arena;

struct odata_row;

/* How one kind of row is asked. A value's type must be the field's, or ODATA_NULL; of numbers both n and x
 * (whole ones) or x alone (Decimal, Double) are set. */
struct odata_row_kind {
	struct odata_value (*value)(const struct odata_row *row, const struct odata_field *f);
	/* Element i of a list; false when it has no such. */
	bool (*element)(const struct odata_row *row, const struct odata_field *f, size_t i,
		struct odata_value *ret_value);
	/* Row i behind a navigation; false when there is none. NULL: navigations lead nowhere. */
	bool (*other)(const struct odata_row *row, const struct odata_navigation *n, size_t i,
		struct odata_row *ret_row);
};

struct odata_row {
	const struct odata_row_kind *kind;
	void *of; /* the row itself, for the questions */
};

/* filter NULL holds for every row. scratch: for lower-cased texts and the like. */
bool odata_filter_holds(const struct odata_node *filter, const struct odata_row *row,
	struct arena *scratch);

/* For functions of one's own: order of two values of comparable types, neither null. */
int odata_eval_order(const struct odata_value *a, const struct odata_value *b);

/* Miles along the surface of the earth, taken as a sphere. */
double odata_eval_miles(struct odata_point a, struct odata_point b);

/* member: one column of one row, between C and the text form of PostgreSQL.
 *
 * Owner    texts made here live in the arena; what is read points into the text it was read from (bytes: the arena).
 * Failure  model_member_read(): E_BUG when the text is not of the column's kind, which a query of one's own may do
 *          wrong; E_INPUT for a time outside the years 1 to 9999.
 * Threads  pure.
 */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "db/db.h"
#include "model/table.h"

struct arena;

bool model_member_is_set(const struct model_table *t, int column, const void *row);
bool model_member_is_same(const struct model_table *t, int column, const void *x, const void *y);

struct db_param model_member_param(struct arena *a, const struct model_table *t, int column,
	const void *row);

/* Not for lists. */
struct db_param model_value_param(struct arena *a, struct model_value v);

/* text absent: null. */
int model_member_read(const struct model_table *t, int column, struct str text, struct arena *a,
	void *row, struct err *e) MUST_CHECK;

/* To compare another column with. */
struct model_value model_member_value(const struct model_table *t, int column, const void *row);

/* The columns that are set in row. */
struct model_columns model_row_set(const struct model_table *t, const void *row);

/* The columns in which two rows differ. */
struct model_columns model_row_diff(const struct model_table *t, const void *x, const void *y);

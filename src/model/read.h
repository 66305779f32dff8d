/* read: rows of a result into structs, by the names of its columns. Nobody counts columns.
 *
 * Owner    rows live in the arena a; their texts point into the result, which lives as long.
 * Failure  E_BUG when a column of the result is none of the table's, or is of another kind; see model/member.h.
 * Threads  pure.
 *
 * The result may have fewer columns than the table, in any order: members without a column stay as they are
 * (null in fresh rows).
 */
#pragma once
#include <stddef.h>

#include "base/err.h"
#include "model/table.h"

struct arena;
struct result;

struct model_rows {
	void *row; /* n of them, one behind the other */
	size_t n;
};

/* ret_list: a struct model_rows, or a struct X_list with its row of the right type. */
int model_read(const struct result *r, struct arena *a, const struct model_table *t, void *ret_list,
	struct err *e) MUST_CHECK;

/* Row i of the result into *row, which on failure may be half written. */
int model_read_row(const struct result *r, int i, struct arena *a, const struct model_table *t,
	void *row, struct err *e) MUST_CHECK;

/* "there is no content piece 7d44...": the words of every find, update and delete. */
int model_absent(const struct model_table *t, const void *key, struct err *e);

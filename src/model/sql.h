/* sql: the statements of the data layer, as text with numbered parameters. No I/O; model/run.h runs them.
 *
 * Owner    text and parameters live in the arena; parameters borrow from the rows and conditions they come from.
 * Failure  none: what cannot be meant (a condition on a column that is not there, an UPDATE of a key) is a
 *          programming error and ends the process. Threads: pure.
 *
 * The same operation on the same columns gives the same text, so that it is prepared once (model/stmt.h). Every
 * statement but count and delete gives rows, whose columns are named as the table's.
 */
#pragma once
#include "model/query.h"
#include "model/table.h"

struct arena;
struct db_param;

struct model_sql {
	const char *text;
	int n;
	struct db_param *params;
};

/* key: a row whose primary key is set. */
void model_sql_find(struct arena *a, const struct model_table *t, const void *key,
	struct model_columns columns, struct model_sql *ret_sql);
void model_sql_delete(struct arena *a, const struct model_table *t, const void *key,
	struct model_sql *ret_sql);

void model_sql_list(struct arena *a, const struct model_table *t, const struct model_query *q,
	struct model_sql *ret_sql);
void model_sql_count(struct arena *a, const struct model_table *t, const struct model_query *q,
	struct model_sql *ret_sql);

/* The usual columns of a write: those that are set in row, apart from what only PostgreSQL writes. */
void model_sql_insert(struct arena *a, const struct model_table *t, const void *row,
	struct model_columns columns, struct model_sql *ret_sql);

/* was: the row as it was read, NULL when that does not matter. With it no row is changed when somebody
 * changed one of these columns meanwhile. */
void model_sql_update(struct arena *a, const struct model_table *t, const void *row,
	const void *was, struct model_columns columns, struct model_sql *ret_sql);

/* columns: what a row that is there already gets; usual: all that are set but those of the key and of the
 * primary key. */
void model_sql_upsert(struct arena *a, const struct model_table *t, const void *row, int key,
	struct model_columns columns, struct model_sql *ret_sql);

/* q (NULL: all) narrowed down to the children of parent; and the query that finds the parent of a row. */
struct model_query model_query_children(const struct model_relation *r, const void *parent,
	const struct model_query *q);
struct model_query model_query_parent(const struct model_relation *r, const void *child);

/* Whether the foreign key is set, so that there is a parent. */
bool model_relation_is_set(const struct model_relation *r, const void *child);

/* add: the operations as statements of a batch, for any table; and what the batch answered. What they do stands in
 * model/typed.h, whose functions are these with the types of one table.
 *
 * Owner    a: the arena of the batch.
 * Failure  model_add_*() cannot fail and give the statement's index. A statement that changed no row does not make
 *          the batch fail: the others take effect. Threads: the loop's; nothing waits.
 */
#pragma once
#include "base/err.h"
#include "model/query.h"
#include "model/read.h"
#include "model/table.h"

struct arena;
struct batch;

int model_add_find(struct batch *b, struct arena *a, const struct model_table *t, const void *key,
	struct model_columns columns);
int model_add_list(struct batch *b, struct arena *a, const struct model_table *t,
	const struct model_query *q);
int model_add_count(struct batch *b, struct arena *a, const struct model_table *t,
	const struct model_query *q);
int model_add_insert(struct batch *b, struct arena *a, const struct model_table *t, const void *row,
	struct model_columns columns);
int model_add_update(struct batch *b, struct arena *a, const struct model_table *t, const void *row,
	struct model_columns columns);
int model_add_upsert(struct batch *b, struct arena *a, const struct model_table *t, const void *row,
	int key, struct model_columns columns);
int model_add_delete(struct batch *b, struct arena *a, const struct model_table *t,
	const void *key);
int model_add_parent(struct batch *b, struct arena *a, const struct model_relation *r,
	const void *child);
int model_add_children(struct batch *b, struct arena *a, const struct model_relation *r,
	const void *parent, const struct model_query *q);

/* In on_done, about statement i; ret_row and ret_list as in model/run.h. Each gives the batch's failure when there
 * is one. */

/* The row of find, insert, update, upsert, parent: E_ABSENT when there is none. */
int model_one(struct batch *b, int i, struct arena *a, const struct model_table *t, void *ret_row,
	struct err *e) MUST_CHECK;
/* The rows of list and children. */
int model_many(struct batch *b, int i, struct arena *a, const struct model_table *t, void *ret_list,
	struct err *e) MUST_CHECK;
/* The number of count. */
int model_number(struct batch *b, int i, int64_t *ret_n, struct err *e) MUST_CHECK;
/* delete, or any write whose row nobody needs: E_ABSENT when nothing was changed. */
int model_done(struct batch *b, int i, const struct model_table *t, struct err *e) MUST_CHECK;

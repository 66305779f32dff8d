/* run: the operations on a session, for any table. All wait. What they do stands in model/typed.h, whose functions are
 * these with the types of one table.
 *
 * ret_row points to a pointer to the row's struct, ret_list to a struct of such a pointer and a size_t, as struct X_list
 * and struct model_rows are.
 *
 * Owner    rows and their texts live in the arena a.
 * Failure  as model/typed.h. Threads (waits): in a fiber.
 */
#pragma once
#include "base/err.h"
#include "model/query.h"
#include "model/read.h"
#include "model/table.h"

struct arena;
struct session;

int model_find(struct session *s, struct arena *a, const struct model_table *t, const void *key,
	struct model_columns columns, void *ret_row, struct err *e) MUST_CHECK;
int model_list(struct session *s, struct arena *a, const struct model_table *t,
	const struct model_query *q, void *ret_list, struct err *e) MUST_CHECK;
int model_each(struct session *s, const struct model_table *t, const struct model_query *q,
	int (*on_row)(const void *row, void *arg, struct err *e), void *arg,
	struct err *e) MUST_CHECK;
int model_count(struct session *s, struct arena *a, const struct model_table *t,
	const struct model_query *q, int64_t *ret_n, struct err *e) MUST_CHECK;
int model_insert(struct session *s, struct arena *a, const struct model_table *t, void *row,
	struct model_columns columns, struct err *e) MUST_CHECK;
int model_update(struct session *s, struct arena *a, const struct model_table *t, void *row,
	struct model_columns columns, struct err *e) MUST_CHECK;
int model_update_from(struct session *s, struct arena *a, const struct model_table *t,
	const void *was, void *row, struct err *e) MUST_CHECK;
int model_upsert(struct session *s, struct arena *a, const struct model_table *t, void *row,
	int key, struct model_columns columns, struct err *e) MUST_CHECK;
int model_delete(struct session *s, struct arena *a, const struct model_table *t, const void *key,
	struct err *e) MUST_CHECK;
int model_parent(struct session *s, struct arena *a, const struct model_relation *r,
	const void *child, void *ret_row, struct err *e) MUST_CHECK;
int model_children(struct session *s, struct arena *a, const struct model_relation *r,
	const void *parent, const struct model_query *q, void *ret_list, struct err *e) MUST_CHECK;

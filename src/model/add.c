#include "model/add.h"

#include <string.h>

#include "db/batch.h"
#include "db/db.h"
#include "db/result.h"
#include "model/sql.h"
#include "model/stmt.h"

static int add(struct batch *b, const struct model_sql *q)
{
	const struct stmt *stmt = model_stmt(q->text);

	return stmt ? batch_add_prepared(b, stmt, q->n, q->params)
		    : batch_add(b, q->text, q->n, q->params);
}

int model_add_find(struct batch *b, struct arena *a, const struct model_table *t, const void *key,
	struct model_columns columns)
{
	struct model_sql q;

	model_sql_find(a, t, key, columns, &q);
	return add(b, &q);
}

int model_add_list(struct batch *b, struct arena *a, const struct model_table *t,
	const struct model_query *query)
{
	struct model_sql q;

	model_sql_list(a, t, query, &q);
	return add(b, &q);
}

int model_add_count(struct batch *b, struct arena *a, const struct model_table *t,
	const struct model_query *query)
{
	struct model_sql q;

	model_sql_count(a, t, query, &q);
	return add(b, &q);
}

int model_add_insert(struct batch *b, struct arena *a, const struct model_table *t, const void *row,
	struct model_columns columns)
{
	struct model_sql q;

	model_sql_insert(a, t, row, columns, &q);
	return add(b, &q);
}

int model_add_update(struct batch *b, struct arena *a, const struct model_table *t, const void *row,
	struct model_columns columns)
{
	struct model_sql q;

	model_sql_update(a, t, row, NULL, columns, &q);
	return add(b, &q);
}

int model_add_upsert(struct batch *b, struct arena *a, const struct model_table *t, const void *row,
	int key, struct model_columns columns)
{
	struct model_sql q;

	model_sql_upsert(a, t, row, key, columns, &q);
	return add(b, &q);
}

int model_add_delete(struct batch *b, struct arena *a, const struct model_table *t, const void *key)
{
	struct model_sql q;

	model_sql_delete(a, t, key, &q);
	return add(b, &q);
}

int model_add_parent(struct batch *b, struct arena *a, const struct model_relation *r,
	const void *child)
{
	struct model_query q = model_query_parent(r, child);

	return model_add_list(b, a, r->parent, &q);
}

int model_add_children(struct batch *b, struct arena *a, const struct model_relation *r,
	const void *parent, const struct model_query *query)
{
	struct model_query q = model_query_children(r, parent, query);

	return model_add_list(b, a, r->child, &q);
}

static int result_of(struct batch *b, int i, struct result **ret_result, struct err *e)
{
	if (batch_code(b))
		return err_set(e, (enum err_code)batch_code(b), "%s", batch_err(b)->msg);
	*ret_result = batch_result(b, i);
	return *ret_result ? 0 : err_set(e, E_BUG, "statement %d has no result", i);
}

int model_one(struct batch *b, int i, struct arena *a, const struct model_table *t, void *ret_row,
	struct err *e)
{
	struct model_rows rows;
	int code = model_many(b, i, a, t, &rows, e);

	if (code)
		return code;
	if (!rows.n)
		return err_set(e, E_ABSENT, "there is no such %s", t->label);
	memcpy(ret_row, &rows.row, sizeof(rows.row));
	return 0;
}

int model_many(struct batch *b, int i, struct arena *a, const struct model_table *t, void *ret_list,
	struct err *e)
{
	struct result *r;
	int code = result_of(b, i, &r, e);

	return code ? code : model_read(r, a, t, ret_list, e);
}

int model_number(struct batch *b, int i, int64_t *ret_n, struct err *e)
{
	struct result *r;
	int code = result_of(b, i, &r, e);

	if (!code)
		*ret_n = result_i64(r, 0, 0);
	return code;
}

int model_done(struct batch *b, int i, const struct model_table *t, struct err *e)
{
	struct result *r;
	int code = result_of(b, i, &r, e);

	return code || result_affected(r) ? code
					  : err_set(e, E_ABSENT, "there is no such %s", t->label);
}

#include "model/run.h"

#include <string.h>

#include "base/arena.h"
#include "db/db.h"
#include "db/result.h"
#include "db/session.h"
#include "model/member.h"
#include "model/sql.h"
#include "model/stmt.h"

static int run(struct session *s, struct arena *a, const struct model_sql *q,
	struct result **ret_result, struct err *e)
{
	const struct stmt *stmt = model_stmt(q->text);

	return stmt ? session_exec_prepared(s, a, stmt, q->n, q->params, ret_result, e)
		    : session_exec(s, a, q->text, q->n, q->params, ret_result, e);
}

/* Into a new row; whether there is one. */
static int run_one(struct session *s, struct arena *a, const struct model_table *t,
	const struct model_sql *q, void *ret_row, bool *ret_found, struct err *e)
{
	struct result *r;
	struct model_rows rows;
	int code = run(s, a, q, &r, e);

	if (code || (code = model_read(r, a, t, &rows, e)))
		return code;
	*ret_found = rows.n > 0;
	if (rows.n)
		memcpy(ret_row, &rows.row, sizeof(rows.row));
	return 0;
}

int model_find(struct session *s, struct arena *a, const struct model_table *t, const void *key,
	struct model_columns columns, void *ret_row, struct err *e)
{
	struct model_sql q;
	bool found;

	model_sql_find(a, t, key, columns, &q);
	int code = run_one(s, a, t, &q, ret_row, &found, e);
	return code || found ? code : model_absent(t, key, e);
}

int model_list(struct session *s, struct arena *a, const struct model_table *t,
	const struct model_query *q, void *ret_list, struct err *e)
{
	struct model_sql sql;
	struct result *r;

	model_sql_list(a, t, q, &sql);
	int code = run(s, a, &sql, &r, e);
	return code ? code : model_read(r, a, t, ret_list, e);
}

struct each {
	const struct model_table *t;
	struct arena *a; /* for one row */
	int (*on_row)(const void *row, void *arg, struct err *e);
	void *arg;
};

static int on_result(const struct result *r, void *arg, struct err *e)
{
	struct each *each = arg;
	void *row = arena_zalloc(each->a, each->t->size);
	int code = model_read_row(r, 0, each->a, each->t, row, e);

	if (!code)
		code = each->on_row(row, each->arg, e);
	arena_reset(each->a);
	return code;
}

int model_each(struct session *s, const struct model_table *t, const struct model_query *q,
	int (*on_row)(const void *row, void *arg, struct err *e), void *arg, struct err *e)
{
	struct arena *a = arena_new();
	struct each each = {t, arena_new(), on_row, arg};
	struct model_sql sql;

	model_sql_list(a, t, q, &sql);
	int code = session_each(s, sql.text, sql.n, sql.params, on_result, &each, e);
	arena_free(each.a);
	arena_free(a);
	return code;
}

int model_count(struct session *s, struct arena *a, const struct model_table *t,
	const struct model_query *q, int64_t *ret_n, struct err *e)
{
	struct model_sql sql;
	struct result *r;

	model_sql_count(a, t, q, &sql);
	int code = run(s, a, &sql, &r, e);
	if (!code)
		*ret_n = result_i64(r, 0, 0);
	return code;
}

/* A statement that gives back the row as it is stored now, into *row, whose hidden members stay. */
static int store(struct session *s, struct arena *a, const struct model_table *t,
	const struct model_sql *q, void *row, bool *ret_found, struct err *e)
{
	void *now = arena_dup(a, row, t->size);
	struct result *r;
	int code = run(s, a, q, &r, e);

	if (!code && result_rows(r))
		code = model_read_row(r, 0, a, t, now, e);
	if (code)
		return code;
	memcpy(row, now, t->size);
	*ret_found = result_rows(r) > 0;
	return 0;
}

int model_insert(struct session *s, struct arena *a, const struct model_table *t, void *row,
	struct model_columns columns, struct err *e)
{
	struct model_sql q;
	bool found;

	model_sql_insert(a, t, row, columns, &q);
	int code = store(s, a, t, &q, row, &found, e);
	return code || found ? code : err_set(e, E_CONFLICT, "the %s was not taken", t->label);
}

int model_update(struct session *s, struct arena *a, const struct model_table *t, void *row,
	struct model_columns columns, struct err *e)
{
	struct model_sql q;
	bool found;

	model_sql_update(a, t, row, NULL, columns, &q);
	int code = store(s, a, t, &q, row, &found, e);
	return code || found ? code : model_absent(t, row, e);
}

int model_update_from(struct session *s, struct arena *a, const struct model_table *t,
	const void *was, void *row, struct err *e)
{
	struct model_columns columns = model_row_diff(t, was, row);
	struct model_sql q;
	bool found;

	model_columns_drop(&columns, model_columns_where(t, MODEL_GENERATED, 0));
	if (model_columns_is_empty(columns))
		return 0;
	model_sql_update(a, t, row, was, columns, &q);
	int code = store(s, a, t, &q, row, &found, e);
	return code || found
		? code
		: err_set(e, E_CONFLICT, "somebody else changed or removed this %s meanwhile",
			  t->label);
}

int model_upsert(struct session *s, struct arena *a, const struct model_table *t, void *row,
	int key, struct model_columns columns, struct err *e)
{
	struct model_sql q;
	bool found;

	model_sql_upsert(a, t, row, key, columns, &q);
	int code = store(s, a, t, &q, row, &found, e);
	return code || found ? code : err_set(e, E_CONFLICT, "the %s was not taken", t->label);
}

int model_delete(struct session *s, struct arena *a, const struct model_table *t, const void *key,
	struct err *e)
{
	struct model_sql q;
	struct result *r;

	model_sql_delete(a, t, key, &q);
	int code = run(s, a, &q, &r, e);
	return code || result_affected(r) ? code : model_absent(t, key, e);
}

int model_parent(struct session *s, struct arena *a, const struct model_relation *r,
	const void *child, void *ret_row, struct err *e)
{
	struct model_query query = model_query_parent(r, child);
	struct model_sql q;
	bool found = false;
	int code = 0;

	if (model_relation_is_set(r, child)) {
		model_sql_list(a, r->parent, &query, &q);
		code = run_one(s, a, r->parent, &q, ret_row, &found, e);
	}
	return code || found
		? code
		: err_set(e, E_ABSENT, "this %s has no %s", r->child->label, r->parent->label);
}

int model_children(struct session *s, struct arena *a, const struct model_relation *r,
	const void *parent, const struct model_query *q, void *ret_list, struct err *e)
{
	struct model_query children = model_query_children(r, parent, q);

	return model_list(s, a, r->child, &children, ret_list, e);
}

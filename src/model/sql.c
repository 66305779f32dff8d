#include "model/sql.h"

#include <assert.h>

#include "base/arena.h"
#include "model/member.h"
#include "model/sql_local.h"

static struct sql begin(struct arena *a, const struct model_table *t)
{
	struct sql x = {.a = a, .t = t};

	buf_init(&x.text, 0);
	return x;
}

static void end(struct sql *x, struct model_sql *ret_sql)
{
	ret_sql->text = str_cstr(x->a, buf_view(&x->text));
	ret_sql->n = x->n;
	ret_sql->params = x->params;
	buf_done(&x->text);
}

int model_sql_param(struct sql *x, struct db_param p)
{
	if (x->n == x->cap) {
		int cap = x->cap ? 2 * x->cap : 8;
		x->params = arena_resize(x->a, x->params, (size_t)x->cap * sizeof(p),
			(size_t)cap * sizeof(p));
		x->cap = cap;
	}
	x->params[x->n++] = p;
	return x->n;
}

void model_sql_name(struct sql *x, int column)
{
	assert(column >= 0 && column < x->t->n);
	buf_printf(&x->text, "\"%s\"", x->t->columns[column].name);
}

void model_sql_value(struct sql *x, struct db_param p)
{
	buf_printf(&x->text, "$%d", model_sql_param(x, p));
}

static void table(struct sql *x)
{
	buf_printf(&x->text, "\"%s\".\"%s\"", x->t->schema, x->t->name);
}

static void names(struct sql *x, struct model_columns set)
{
	const char *between = "";

	if (model_columns_is_empty(set))
		set = model_columns_where(x->t, 0, MODEL_HIDDEN);
	for (int i = 0; i < x->t->n; i++)
		if (model_columns_has(set, i)) {
			buf_cstr(&x->text, between);
			model_sql_name(x, i);
			between = ", ";
		}
}

static void returning(struct sql *x)
{
	buf_cstr(&x->text, " returning ");
	names(x, MODEL_USUAL);
}

static void by_key(struct sql *x, const void *key)
{
	for (int i = 0; i < x->t->primary_n; i++) {
		buf_cstr(&x->text, i ? " and " : " where ");
		model_sql_name(x, x->t->primary[i]);
		buf_cstr(&x->text, " = ");
		model_sql_value(x, model_member_param(x->a, x->t, x->t->primary[i], key));
	}
}

static void select_from(struct sql *x, struct model_columns columns)
{
	buf_cstr(&x->text, "select ");
	names(x, columns);
	buf_cstr(&x->text, " from ");
	table(x);
}

void model_sql_find(struct arena *a, const struct model_table *t, const void *key,
	struct model_columns columns, struct model_sql *ret_sql)
{
	struct sql x = begin(a, t);

	select_from(&x, columns);
	by_key(&x, key);
	end(&x, ret_sql);
}

void model_sql_delete(struct arena *a, const struct model_table *t, const void *key,
	struct model_sql *ret_sql)
{
	struct sql x = begin(a, t);

	buf_cstr(&x.text, "delete from ");
	table(&x);
	by_key(&x, key);
	end(&x, ret_sql);
}

void model_sql_list(struct arena *a, const struct model_table *t, const struct model_query *q,
	struct model_sql *ret_sql)
{
	struct sql x = begin(a, t);

	select_from(&x, q->columns);
	model_sql_where(&x, q);
	model_sql_order(&x, q);
	if (q->limit) {
		buf_cstr(&x.text, " limit ");
		model_sql_value(&x, db_i64(a, q->limit));
	}
	if (q->offset) {
		buf_cstr(&x.text, " offset ");
		model_sql_value(&x, db_i64(a, q->offset));
	}
	if (q->lock != MODEL_NO_LOCK)
		buf_cstr(&x.text,
			q->lock == MODEL_SKIP_LOCKED ? " for update skip locked" : " for update");
	end(&x, ret_sql);
}

void model_sql_count(struct arena *a, const struct model_table *t, const struct model_query *q,
	struct model_sql *ret_sql)
{
	struct sql x = begin(a, t);

	assert(!q->after && !q->limit && !q->offset);
	buf_cstr(&x.text, "select count(*) from ");
	table(&x);
	model_sql_where(&x, q);
	end(&x, ret_sql);
}

/* What a write may touch: never what only PostgreSQL writes. Named columns are an error there, unnamed ones
 * are left out, so that a row that was read can be written again. */
static struct model_columns writable(const struct model_table *t, const void *row,
	struct model_columns columns)
{
	struct model_columns generated = model_columns_where(t, MODEL_GENERATED, 0);

	if (model_columns_is_empty(columns)) {
		columns = model_row_set(t, row);
		model_columns_drop(&columns, generated);
		return columns;
	}
	for (int i = 0; i < MODEL_COLUMNS_MAX; i++)
		assert(!model_columns_has(columns, i) ||
			(i < t->n && !model_columns_has(generated, i)));
	return columns;
}

static void insert(struct sql *x, const void *row, struct model_columns columns)
{
	const char *between = "";

	buf_cstr(&x->text, "insert into ");
	table(x);
	if (model_columns_is_empty(columns)) {
		buf_cstr(&x->text, " default values");
		return;
	}
	buf_cstr(&x->text, " (");
	names(x, columns);
	buf_cstr(&x->text, ") values (");
	for (int i = 0; i < x->t->n; i++)
		if (model_columns_has(columns, i)) {
			buf_cstr(&x->text, between);
			model_sql_value(x, model_member_param(x->a, x->t, i, row));
			between = ", ";
		}
	buf_char(&x->text, ')');
}

void model_sql_insert(struct arena *a, const struct model_table *t, const void *row,
	struct model_columns columns, struct model_sql *ret_sql)
{
	struct sql x = begin(a, t);

	insert(&x, row, writable(t, row, columns));
	returning(&x);
	end(&x, ret_sql);
}

static void unchanged(struct sql *x, const void *was, struct model_columns columns)
{
	for (int i = 0; i < x->t->n; i++)
		if (model_columns_has(columns, i)) {
			buf_cstr(&x->text, " and ");
			model_sql_name(x, i);
			/* Its operators are in a schema that is not in the search path. */
			buf_cstr(&x->text, x->t->columns[i].kind == MODEL_VECTOR ? "::text" : "");
			buf_cstr(&x->text, " is not distinct from ");
			model_sql_value(x, model_member_param(x->a, x->t, i, was));
		}
}

void model_sql_update(struct arena *a, const struct model_table *t, const void *row,
	const void *was, struct model_columns columns, struct model_sql *ret_sql)
{
	struct model_columns primary = model_columns_where(t, MODEL_PRIMARY, 0);
	struct sql x = begin(a, t);
	const char *between = " set ";
	bool usual = model_columns_is_empty(columns);

	columns = writable(t, row, columns);
	if (usual)
		model_columns_drop(&columns, primary);
	assert(!model_columns_is_empty(columns) && "nothing to update");
	buf_cstr(&x.text, "update ");
	table(&x);
	for (int i = 0; i < t->n; i++)
		if (model_columns_has(columns, i)) {
			assert(!model_columns_has(primary, i) && "a primary key stays");
			buf_cstr(&x.text, between);
			model_sql_name(&x, i);
			buf_cstr(&x.text, " = ");
			model_sql_value(&x, model_member_param(a, t, i, row));
			between = ", ";
		}
	by_key(&x, row);
	if (was)
		unchanged(&x, was, columns);
	returning(&x);
	end(&x, ret_sql);
}

void model_sql_upsert(struct arena *a, const struct model_table *t, const void *row, int key,
	struct model_columns columns, struct model_sql *ret_sql)
{
	struct model_columns set = writable(t, row, MODEL_USUAL);
	struct model_columns given = columns;
	struct sql x = begin(a, t);
	const char *between = " do update set ";

	assert(key >= 0 && key < t->keys_n);
	columns = writable(t, row, columns);
	if (model_columns_is_empty(given)) {
		model_columns_drop(&columns, t->keys[key].columns);
		model_columns_drop(&columns, model_columns_where(t, MODEL_PRIMARY, 0));
		/* A row comes back only when it was written. */
		if (model_columns_is_empty(columns))
			columns = t->keys[key].columns;
	}
	for (int i = 0; i < t->n; i++)
		if (model_columns_has(columns, i))
			model_columns_add(&set, i);
	insert(&x, row, set);
	buf_printf(&x.text, " on conflict %s", t->keys[key].target);
	for (int i = 0; i < t->n; i++)
		if (model_columns_has(columns, i)) {
			buf_cstr(&x.text, between);
			model_sql_name(&x, i);
			buf_cstr(&x.text, " = excluded.");
			model_sql_name(&x, i);
			between = ", ";
		}
	returning(&x);
	end(&x, ret_sql);
}

/* insert …: one row as values, many as arrays that are unnested side by side; PUT. */
#include "mod/rest/cache.h"
#include "mod/rest/request.h"
#include "mod/rest/write_local.h"

static bool is_written(const struct rest_body_field *f)
{
	return f->way != REST_WAY_UNSET;
}

static bool has_written(const struct rest_body *b)
{
	for (size_t i = 0; i < b->n_fields; i++)
		if (is_written(&b->fields[i]))
			return true;
	return false;
}

/* fn between commas, for each column that is written. */
static void each_written(struct write *w, void (*fn)(struct write *w, size_t i))
{
	const char *comma = "";

	for (size_t i = 0; i < w->r->body.n_fields; i++) {
		if (!is_written(&w->r->body.fields[i]))
			continue;
		rest_sql(w->s, comma);
		fn(w, i);
		comma = ", ";
	}
}

static void put_name(struct write *w, size_t i)
{
	rest_sql_str(w->s, w->r->body.fields[i].column->sql);
}

static void put_value(struct write *w, size_t i)
{
	write_value(w, i, false);
}

static void put_typed_value(struct write *w, size_t i)
{
	write_value(w, i, true);
}

/* Rows without the column take its default, worked out for each of them. */
static void put_cell(struct write *w, size_t i)
{
	const struct rest_body_field *f = &w->r->body.fields[i];

	if (f->given < 0) {
		write_value(w, i, true);
		return;
	}
	buf_printf(&w->s->text, "case when g%zu then ", i);
	write_value(w, i, true);
	rest_sql(w->s, " else (");
	if (f->column->default_sql.p)
		rest_sql_str(w->s, f->column->default_sql);
	else
		rest_sql(w->s, "null");
	rest_sql(w->s, ") end");
}

static const char *array_type(enum rest_way way)
{
	switch (way) {
	case REST_WAY_INT2: return "int2[]";
	case REST_WAY_INT4: return "int4[]";
	case REST_WAY_INT8: return "int8[]";
	case REST_WAY_FLOAT8: return "float8[]";
	case REST_WAY_NUMERIC: return "numeric[]";
	case REST_WAY_BOOL: return "bool[]";
	case REST_WAY_UUID: return "uuid[]";
	case REST_WAY_DATE: return "date[]";
	case REST_WAY_TIMESTAMPTZ: return "timestamptz[]";
	case REST_WAY_TEXT:
	case REST_WAY_JSON:
	case REST_WAY_FUNC:
	case REST_WAY_UNSET: break;
	}
	return "text[]";
}

/* In a select list they advance together without being kept, which FROM unnest(…, …) does not do. */
static void put_unnest(struct write *w, size_t i)
{
	const struct rest_body_field *f = &w->r->body.fields[i];

	rest_sql(w->s, "unnest(");
	rest_sql_value(w->s, f->param, array_type(f->way));
	buf_printf(&w->s->text, ") as c%zu", i);
	if (f->given < 0)
		return;
	rest_sql(w->s, ", unnest(");
	rest_sql_value(w->s, f->given, "bool[]");
	buf_printf(&w->s->text, ") as g%zu", i);
}

static void put_rows(struct write *w)
{
	const struct rest_body *b = &w->r->body;

	if (!has_written(b)) {
		rest_sql(w->s, " select from generate_series(1, ");
		rest_sql_value(w->s, b->rows_value, "int8");
		rest_sql(w->s, ")");
		return;
	}
	rest_sql(w->s, " select ");
	each_written(w, put_cell);
	rest_sql(w->s, " from (select ");
	each_written(w, put_unnest);
	rest_sql(w->s, ") as _");
}

/* The key in the body must be the one in the filters; which values are equal is the type's affair. */
static void put_key_condition(struct write *w)
{
	const char *and = " where ";
	const struct rest_body *b = &w->r->body;

	for (const struct rest_cond *c = w->r->query.root.where; c; c = c->next)
		for (size_t i = 0; i < b->n_fields; i++) {
			if (!str_eq(b->fields[i].column->name, c->field.name))
				continue;
			rest_sql(w->s, and);
			write_value(w, i, true);
			rest_sql(w->s, " = ");
			rest_sql_value(w->s, c->param, NULL);
			rest_sql(w->s, "::");
			rest_sql_str(w->s, b->fields[i].type->sql);
			and = " and ";
		}
}

static void put_one_row(struct write *w)
{
	if (w->r->method == REST_PUT) {
		rest_sql(w->s, " select ");
		each_written(w, put_typed_value);
		put_key_condition(w);
	} else if (!has_written(&w->r->body)) {
		rest_sql(w->s, " default values");
	} else {
		rest_sql(w->s, " values (");
		each_written(w, put_value);
		rest_sql(w->s, ")");
	}
}

int write_insert(struct write *w)
{
	rest_sql(w->s, "insert into ");
	rest_sql_str(w->s, w->r->table->sql);
	rest_sql(w->s, " as ");
	rest_sql_str(w->s, w->alias);
	if (has_written(&w->r->body)) {
		rest_sql(w->s, " (");
		each_written(w, put_name);
		rest_sql(w->s, ")");
	}
	if (w->r->body.is_bulk)
		put_rows(w);
	else
		put_one_row(w);
	write_upsert(w);
	return 0;
}

/* Rows behind a cursor, and the columns that the next one is made of. */
#include "base/arena.h"
#include "mod/rest/select_local.h"

struct term {
	struct str sql;
	int param; /* -1: null */
	bool is_desc, nulls_last, nullable;
};

static struct term term_of(const struct select_order *o, int param)
{
	bool is_desc = o->dir == REST_DESC;
	bool last = o->nulls == REST_NULLS_NONE ? !is_desc : o->nulls == REST_NULLS_LAST;

	return (struct term){.sql = o->sql,
		.param = param,
		.is_desc = is_desc,
		.nulls_last = last,
		.nullable = !o->column || o->column->nullable};
}

/* Rows compare as a whole, which an index can answer at once, when nothing is null and all run one way. */
static bool is_row(const struct term *t, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (t[i].nullable || t[i].param < 0 || t[i].is_desc != t[0].is_desc)
			return false;
	return true;
}

static void write_row(struct select *x, const struct term *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		rest_sql(x->s, i ? ", " : "(");
		rest_sql_str(x->s, t[i].sql);
	}
	rest_sql(x->s, t[0].is_desc ? ") < (" : ") > (");
	for (size_t i = 0; i < n; i++) {
		rest_sql(x->s, i ? ", " : "");
		rest_sql_value(x->s, t[i].param, NULL);
	}
	rest_sql(x->s, ")");
}

static void write_against(struct select *x, const struct term *t, const char *op)
{
	rest_sql_str(x->s, t->sql);
	rest_sql(x->s, op);
	rest_sql_value(x->s, t->param, NULL);
}

static void write_null(struct select *x, const struct term *t, const char *test)
{
	rest_sql_str(x->s, t->sql);
	rest_sql(x->s, test);
}

static void write_behind(struct select *x, const struct term *t)
{
	if (t->param < 0) {
		if (t->nulls_last)
			rest_sql(x->s, "false");
		else
			write_null(x, t, " is not null");
		return;
	}
	write_against(x, t, t->is_desc ? " < " : " > ");
	if (t->nullable && t->nulls_last) {
		rest_sql(x->s, " or ");
		write_null(x, t, " is null");
	}
}

/* (behind in the first, or the same there and (behind in the second, or …)) */
static void write_terms(struct select *x, const struct term *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		rest_sql(x->s, "(");
		write_behind(x, &t[i]);
		if (i + 1 == n)
			break;
		rest_sql(x->s, " or (");
		if (t[i].param < 0)
			write_null(x, &t[i], " is null");
		else
			write_against(x, &t[i], " = ");
		rest_sql(x->s, " and ");
	}
	for (size_t i = 0; i + 1 < n; i++)
		rest_sql(x->s, "))");
	rest_sql(x->s, ")");
}

static void add_condition(struct select *x, struct select_level *l, const int *params, size_t n)
{
	struct term *t = arena_array(x->r->arena, n, sizeof(*t));
	size_t mark = select_mark(x), i = 0;

	for (const struct select_order *o = l->orders; o; o = o->next, i++)
		t[i] = term_of(o, params[i]);
	if (is_row(t, n)) {
		write_row(x, t, n);
	} else {
		/* What an index can begin with. */
		if (!t[0].nullable && t[0].param >= 0) {
			write_against(x, &t[0], t[0].is_desc ? " <= " : " >= ");
			rest_sql(x->s, " and ");
		}
		write_terms(x, t, n);
	}
	select_list_add(x, &l->page->where, select_cut(x, mark));
}

/* The column of the result that has the value of o; one more when none is. */
static int column_of(struct select *x, struct select_level *l, const struct select_order *o)
{
	size_t mark = select_mark(x);

	select_write_order(x, l->out, l, o);
	struct str sql = select_cut(x, mark);
	int i = select_column_index(l->out, sql);
	if (i < 0) {
		i = l->out->n_columns;
		select_column_add(x, l->out, STR_NULL, sql);
	}
	return i;
}

void select_keyset(struct select *x, struct select_level *l)
{
	size_t n = 0, i = 0;

	for (const struct select_order *o = l->orders; o; o = o->next)
		n++;
	if (x->r->query.after_params)
		add_condition(x, l, x->r->query.after_params, n);
	int *cols = arena_array(x->p->arena, n, sizeof(*cols));
	for (const struct select_order *o = l->orders; o; o = o->next)
		cols[i++] = column_of(x, l, o);
	x->p->keyset = cols;
	x->p->n_keyset = n;
}

/* Embeds that PostgreSQL makes JSON of: arrays of rows, rows inside of them, and spreads of many. */
#include "base/arena.h"
#include "mod/rest/select_local.h"

/* A group is made by what is equal, and json has no equality. */
static void end_value(struct select *x, const struct select_level *l)
{
	rest_sql(x->s, l->is_grouped || l->is_distinct ? "::jsonb" : "");
}

static void write_row(struct select *x, struct str alias, const char *behind)
{
	rest_sql(x->s, "(");
	rest_sql_str(x->s, alias);
	rest_sql(x->s, ".*)");
	rest_sql(x->s, behind);
}

int select_put_row(struct select *x, struct select_level *l, struct select_node *n,
	struct rest_out **out)
{
	struct select_level sub = {.node = n, .is_json = true};
	struct str alias = rest_sql_alias(x->s, x->r->arena);
	size_t mark = select_mark(x);

	rest_sql(x->s, " left join lateral (");
	if (select_level_write(x, &sub, l->out, SELECT_KEYS, NULL))
		return -1;
	rest_sql(x->s, ") ");
	rest_sql_str(x->s, alias);
	rest_sql(x->s, " on true");
	select_list_add(x, &l->out->joins, select_cut(x, mark));

	rest_sql(x->s, x->strip_nulls ? "json_strip_nulls(row_to_json" : "row_to_json");
	write_row(x, alias, x->strip_nulls ? ")" : "");
	end_value(x, l);
	select_put(x, l, out, n->name, select_cut(x, mark));
	return 0;
}

int select_put_array(struct select *x, struct select_level *l, struct select_node *n,
	struct rest_out **out)
{
	struct select_level sub = {.node = n, .is_json = true};
	struct str alias = rest_sql_alias(x->s, x->r->arena);
	size_t mark = select_mark(x);

	/* An array of records is made faster than by json_agg(), and without blanks in it. */
	rest_sql(x->s, x->strip_nulls ? "json_strip_nulls(" : "");
	rest_sql(x->s, "array_to_json(array(select ");
	write_row(x, alias, "::record from (");
	if (select_level_write(x, &sub, l->out, SELECT_KEYS, NULL))
		return -1;
	rest_sql(x->s, ") ");
	rest_sql_str(x->s, alias);
	rest_sql(x->s, x->strip_nulls ? ")))" : "))");
	end_value(x, l);
	select_put(x, l, out, n->name, select_cut(x, mark));
	return 0;
}

static void write_cell(struct select *x, struct str alias, int i)
{
	rest_sql_str(x->s, alias);
	rest_sql(x->s, ".c");
	buf_i64(&x->s->text, i + 1);
}

/* Each column of the rows becomes an array, all of them in the same order. */
int select_put_arrays(struct select *x, struct select_level *l, struct select_node *n,
	struct rest_out **out)
{
	struct select_level sub = {.node = n, .is_json = true};
	struct str rows = rest_sql_alias(x->s, x->r->arena),
		   alias = rest_sql_alias(x->s, x->r->arena);
	size_t mark = select_mark(x);

	if (select_level_write(x, &sub, l->out, SELECT_NUMBERS, NULL))
		return -1;
	struct str inner = select_cut(x, mark);
	rest_sql(x->s, " left join lateral (select ");
	for (int i = 0; i < sub.out->n_columns; i++) {
		rest_sql(x->s, i ? ", coalesce(json_agg(" : "coalesce(json_agg(");
		write_cell(x, rows, i);
		rest_sql(x->s, "), '[]') as c");
		buf_i64(&x->s->text, i + 1);
	}
	rest_sql(x->s, " from (");
	rest_sql_str(x->s, inner);
	rest_sql(x->s, ") ");
	rest_sql_str(x->s, rows);
	rest_sql(x->s, ") ");
	rest_sql_str(x->s, alias);
	rest_sql(x->s, " on true");
	select_list_add(x, &l->out->joins, select_cut(x, mark));

	int i = 0;
	for (const struct select_column *c = sub.out->columns; c; c = c->next, i++) {
		write_cell(x, alias, i);
		end_value(x, l);
		select_put(x, l, out, c->key, select_cut(x, mark));
	}
	return 0;
}

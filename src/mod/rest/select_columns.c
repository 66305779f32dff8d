/* The list behind SELECT, and what the members of the answer are called. */
#include "base/arena.h"
#include "mod/rest/select_local.h"

#define OID_JSON 114

struct select_column *select_put(struct select *x, struct select_level *l, struct rest_out **out,
	struct str key, struct str sql)
{
	if (out)
		rest_out_add(x->p->arena, out, key, l->out->n_columns);
	return select_column_add(x, l->out, key, sql);
}

/* The last key of a JSON path, or else the column. */
static struct str key_of(const struct rest_item *item, enum rest_agg agg)
{
	const struct rest_field *f = &item->field;

	if (item->alias.p)
		return item->alias;
	if (agg != REST_AGG_NONE)
		return str_of(select_aggregate_name(agg));
	for (size_t i = f->n_steps; i > 0; i--)
		if (!f->steps[i - 1].is_index)
			return f->steps[i - 1].key;
	return f->name;
}

static void wrap(struct select *x, size_t mark, const char *before, struct str name,
	const char *behind)
{
	struct str sql = select_cut(x, mark);

	rest_sql(x->s, before);
	rest_sql_str(x->s, name);
	rest_sql(x->s, "(");
	rest_sql_str(x->s, sql);
	rest_sql(x->s, ")");
	rest_sql(x->s, behind);
}

static bool is_plain_json(const struct rest_type *t)
{
	while (t && t->base)
		t = t->base;
	return t && t->oid == OID_JSON;
}

/* Into the form in which the level wants the expression since mark. A value that makes groups, or is distinct, needs equality, which
 * json has not and jsonb has. */
static void finish(struct select *x, const struct select_level *l, size_t mark,
	const struct select_value *value, bool is_aggregate)
{
	bool is_key = (l->is_grouped || l->is_distinct) && !is_aggregate;
	bool is_shown = !l->is_json && !x->is_csv;

	if (is_key &&
		(is_plain_json(value->type) || (value->kind == REST_KIND_JSON && !value->type)))
		wrap(x, mark, "", STR("to_jsonb"), "");
	else if (is_shown && value->kind == REST_KIND_WRAP)
		wrap(x, mark, "", l->is_distinct ? STR("to_jsonb") : STR("to_json"), "");
	if (x->strip_nulls && is_shown &&
		(value->kind == REST_KIND_WRAP || value->kind == REST_KIND_JSON))
		wrap(x, mark, "json_strip_nulls(", STR("to_json"), ")");
}

/* What the column since mark is grouped by, before it is made what is shown: itself, unless parameters are in it, which make it unequal
 * to its own repetition, or it is json. Absent: by its place. */
static struct str group_of(const struct select *x, const struct select_level *l, size_t mark,
	const struct rest_field *f, const struct rest_type *type)
{
	if (!l->is_grouped || (f && f->n_steps) || is_plain_json(type))
		return STR_NULL;
	return str_copy(x->r->arena, str_from(x->s->text.p + mark, select_mark(x) - mark));
}

static void represent(struct select *x, size_t mark, struct select_value *value)
{
	if (!value->type || !value->type->to_json.p)
		return;
	wrap(x, mark, "", value->type->to_json, "");
	*value = (struct select_value){.kind = REST_KIND_JSON};
}

static int put_column(struct select *x, struct select_level *l, const struct select_node *n,
	const struct rest_column *c, struct rest_out **out)
{
	struct select_value value = {.type = c->type, .kind = c->type->kind};
	size_t mark = select_mark(x);

	select_write_column(x, l->out, n, c);
	struct str group = group_of(x, l, mark, NULL, c->type);
	represent(x, mark, &value);
	finish(x, l, mark, &value, false);
	select_put(x, l, out, c->name, select_cut(x, mark))->group = group;
	return 0;
}

static int put_star(struct select *x, struct select_level *l, const struct select_node *n,
	struct rest_out **out)
{
	size_t seen = 0;

	/* Records bring their names with them. */
	if (!n->is_known) {
		select_put(x, l, out, STR(""),
			str_printf(x->r->arena, "row_to_json(" STR_FMT ".*)", STR_ARG(n->alias)));
		return 0;
	}
	for (size_t i = 0; i < n->n_columns; i++)
		seen += select_may_see(x, n, &n->columns[i]);
	/* When none is, PostgreSQL has the words for it. */
	for (size_t i = 0; i < n->n_columns; i++)
		if (!seen || select_may_see(x, n, &n->columns[i]))
			put_column(x, l, n, &n->columns[i], out);
	return 0;
}

static int write_aggregate(struct select *x, struct select_level *l, const struct select_node *n,
	const struct rest_item *item, enum rest_agg agg, struct select_value *value)
{
	bool is_whole = item->agg == REST_AGG_NONE || !item->field.name.len;

	rest_sql(x->s, select_aggregate_name(agg));
	rest_sql(x->s, "(");
	if (!is_whole && select_write_field(x, l->out, n, &item->field, value))
		return -1;
	if (!is_whole && item->cast.p)
		select_write_cast(x, item->cast, value);
	if (is_whole && n == l->node)
		rest_sql(x->s, "*");
	else if (is_whole)
		select_write_found(x, l->out, n);
	rest_sql(x->s, ")");
	if (agg != REST_AGG_MIN && agg != REST_AGG_MAX)
		*value = (struct select_value){.kind = REST_KIND_TEXT};
	if (item->agg_cast.p)
		select_write_cast(x, item->agg_cast, value);
	return 0;
}

static int put_field(struct select *x, struct select_level *l, const struct select_node *n,
	const struct rest_item *item, struct rest_out **out)
{
	enum rest_agg agg = select_aggregate(n, item);
	struct select_value value;
	size_t mark = select_mark(x);
	int code = agg == REST_AGG_NONE ? select_write_field(x, l->out, n, &item->field, &value)
					: write_aggregate(x, l, n, item, agg, &value);

	if (code)
		return code;
	if (agg == REST_AGG_NONE && item->cast.p)
		select_write_cast(x, item->cast, &value);
	struct str group = group_of(x, l, mark, &item->field, value.type);
	if (agg == REST_AGG_NONE && !item->cast.p)
		represent(x, mark, &value);
	finish(x, l, mark, &value, agg != REST_AGG_NONE);

	struct select_column *c = select_put(x, l, out, key_of(item, agg), select_cut(x, mark));
	c->item = item;
	c->is_aggregate = agg != REST_AGG_NONE;
	c->group = group;
	return 0;
}

/* An object whose members are columns of the result, and one of them tells whether it is there. */
static int put_object(struct select *x, struct select_level *l, struct select_node *n,
	struct rest_out **out)
{
	struct rest_out *o = rest_out_add(x->p->arena, out, n->name, -1);
	size_t mark = select_mark(x);

	o->is_object = true;
	if (select_columns(x, l, n, &o->first))
		return -1;
	select_write_found(x, l->out, n);
	struct str found = select_cut(x, mark);
	o->col = select_column_index(l->out, found);
	if (o->col < 0) {
		o->col = l->out->n_columns;
		select_column_add(x, l->out, STR_NULL, found);
	}
	return 0;
}

static int put_embed(struct select *x, struct select_level *l, struct select_node *n,
	struct rest_out **out)
{
	if (n->is_empty)
		return 0;
	if (select_is_flat(l, n))
		return n->is_spread ? select_columns(x, l, n, out) : put_object(x, l, n, out);
	if (n->is_spread)
		return select_put_arrays(x, l, n, out);
	return n->is_to_one ? select_put_row(x, l, n, out) : select_put_array(x, l, n, out);
}

int select_columns(struct select *x, struct select_level *l, struct select_node *n,
	struct rest_out **out)
{
	int code = 0;

	for (const struct rest_item *i = n->ast->items; i && !code; i = i->next) {
		switch (i->kind) {
		case REST_ITEM_STAR: code = put_star(x, l, n, out); break;
		case REST_ITEM_FIELD: code = put_field(x, l, n, i, out); break;
		case REST_ITEM_EMBED:
		case REST_ITEM_SPREAD: code = put_embed(x, l, select_child_of(n, i), out); break;
		}
	}
	return code;
}

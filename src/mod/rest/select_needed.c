/* What a CTE has to bring for the select over it: columns, and computed fields as columns. */
#include "base/arena.h"
#include "mod/rest/select_local.h"

static void need(struct select *x, struct select_scope *scope, struct str name, struct str sql)
{
	for (const struct select_column *c = scope->columns; c; c = c->next)
		if (str_eq(c->key, name))
			return;
	select_column_add(x, scope, name, sql);
}

static void need_column(struct select *x, struct select_scope *scope, const struct rest_column *c)
{
	size_t mark = select_mark(x);

	select_write_column(x, scope, x->root, c);
	need(x, scope, c->name, select_cut(x, mark));
}

static void need_columns(struct select *x, struct select_scope *scope, bool all)
{
	for (size_t i = 0; i < x->root->n_columns; i++)
		if (all || select_may_see(x, x->root, &x->root->columns[i]))
			need_column(x, scope, &x->root->columns[i]);
}

static int need_field(struct select *x, struct select_scope *scope, struct str name)
{
	const struct rest_field f = {.name = name};
	struct select_value value;
	size_t mark = select_mark(x);

	if (select_write_field(x, scope, x->root, &f, &value))
		return -1;
	need(x, scope, name, select_cut(x, mark));
	return 0;
}

static void need_link(struct select *x, struct select_scope *scope, const struct rest_link *k)
{
	if (k->cardinality == REST_COMPUTED) {
		need_columns(x, scope, true);
		return;
	}
	for (size_t i = 0; i < k->n; i++)
		need_column(x, scope, k->columns[i]);
}

static int need_items(struct select *x, struct select_scope *scope)
{
	for (const struct rest_item *i = x->root->ast->items; i; i = i->next) {
		if (i->kind == REST_ITEM_STAR) {
			need_columns(x, scope, false);
			continue;
		}
		bool is_whole = !i->field.name.len ||
			select_aggregate(x->root, i) != i->agg; /* count(), or the old count */
		if (i->kind == REST_ITEM_FIELD && !is_whole && need_field(x, scope, i->field.name))
			return -1;
	}
	return 0;
}

static int need_orders(struct select *x, struct select_scope *scope)
{
	for (const struct rest_order *o = x->root->ast->order; o; o = o->next)
		if (!o->relation.p && select_knows(x->root, o->field.name) &&
			need_field(x, scope, o->field.name))
			return -1;
	return 0;
}

int rest_select_needed(struct rest_request *r, struct rest_sql *s, const struct rest_source *from,
	struct str alias)
{
	struct select x;

	if (select_init(&x, r, s, from))
		return -1;
	struct select_scope *scope = select_scope_new(&x, NULL);
	x.root->alias = alias;
	x.root->scope = scope;
	if (need_items(&x, scope) || need_orders(&x, scope))
		return -1;
	for (const struct select_node *c = x.root->first; c; c = c->next)
		need_link(&x, scope, c->link);
	select_columns_write(&x, scope, SELECT_KEYS);
	return 0;
}

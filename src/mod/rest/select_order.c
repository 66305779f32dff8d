/* ORDER BY: own columns, columns of to-one embeds, and what was selected by its name. */
#include "base/arena.h"
#include "mod/rest/select_local.h"

static bool is_same_path(const struct rest_field *a, const struct rest_field *b)
{
	if (!str_eq(a->name, b->name) || a->n_steps != b->n_steps)
		return false;
	for (size_t i = 0; i < a->n_steps; i++) {
		const struct rest_step *s = &a->steps[i], *t = &b->steps[i];
		if (s->is_index != t->is_index || s->as_text != t->as_text ||
			!str_eq(s->key, t->key))
			return false;
	}
	return true;
}

static bool is_plain(const struct rest_item *i)
{
	return i->kind == REST_ITEM_FIELD && i->agg == REST_AGG_NONE && !i->cast.p;
}

int select_order_item(const struct rest_node *ast, const struct rest_order *o)
{
	int n = 1;

	if (o->relation.p || !o->field.n_steps)
		return 0;
	for (const struct rest_item *i = ast->items; i; i = i->next, n++)
		if (is_plain(i) && is_same_path(&i->field, &o->field))
			return n;
	return 0;
}

/* The column that the answer calls so, when no column is called so. */
static const struct rest_item *item_called(const struct select_node *n, const struct rest_field *f)
{
	if (f->n_steps || select_knows(n, f->name))
		return NULL;
	for (const struct rest_item *i = n->ast->items; i; i = i->next)
		if (i->kind == REST_ITEM_FIELD && select_aggregate(n, i) == REST_AGG_NONE &&
			i->alias.p && str_eq(i->alias, f->name))
			return i;
	return NULL;
}

static const struct rest_item *item_at(const struct rest_node *ast, unsigned n)
{
	const struct rest_item *i = ast->items;

	while (--n)
		i = i->next;
	return i;
}

static int ordinal_of(const struct select_scope *scope, const struct rest_item *item,
	struct str key)
{
	int i = 1;

	for (const struct select_column *c = scope->columns; c; c = c->next, i++)
		if (item ? c->item == item : key.p && str_eq(c->key, key))
			return i;
	return 0;
}

/* What was made of rows can only be told by its place: a path, or a name that no column has. */
static int place_of(const struct select_level *l, const struct rest_order *o)
{
	bool is_made = !o->field.n_steps && !select_knows(l->node, o->field.name);
	const struct rest_item *same = o->same_item ? item_at(l->node->ast, o->same_item) : NULL;

	if (!l->is_grouped && !l->is_distinct)
		return 0;
	return ordinal_of(l->out, same, is_made ? o->field.name : STR_NULL);
}

static int write_own(struct select *x, struct select_level *l, const struct rest_order *o,
	struct select_order *ret)
{
	const struct select_node *n = l->node;
	const struct rest_item *called = item_called(n, &o->field);
	const struct rest_field *f = called ? &called->field : &o->field;
	struct select_value value;

	ret->ordinal = place_of(l, o);
	if (ret->ordinal)
		return 0;
	if (!called && !f->n_steps)
		ret->column = select_column(n, f->name);
	return select_write_field(x, l->page, n, f, &value);
}

static int refuse_relation(struct select *x, const struct select_node *n,
	const struct select_node *child, struct str relation)
{
	struct rest_fault *f = &x->r->fault;
	struct str table = n->table ? n->table->name : n->name;

	if (!child) {
		rest_fault(f, 400, "PGRST108",
			"'" STR_FMT "' is not an embedded resource in this request",
			STR_ARG(relation));
		return rest_fault_hint(f,
			"Verify that '" STR_FMT "' is included in the 'select' query parameter.",
			STR_ARG(relation));
	}
	rest_fault(f, 400, "PGRST118", "A related order on '" STR_FMT "' is not possible",
		STR_ARG(relation));
	return rest_fault_details(f,
		"'" STR_FMT "' and '" STR_FMT
		"' do not form a many-to-one or one-to-one relationship",
		STR_ARG(table), STR_ARG(relation));
}

static int write_related(struct select *x, struct select_level *l, const struct rest_order *o)
{
	struct select_node *child = select_child(l->node, o->relation);
	struct select_value value;

	if (!child || !child->is_to_one)
		return refuse_relation(x, l->node, child, o->relation);
	const struct rest_item *called = item_called(child, &o->field);
	const struct rest_field *f = called ? &called->field : &o->field;
	if (child->scope && select_is_flat(l, child))
		return select_write_field(x, l->page, child, f, &value);
	return select_write_related_field(x, l->page, child, f, &value);
}

static struct select_order *add(struct select *x, struct select_order ***end)
{
	struct select_order *o = ARENA_NEW(x->r->arena, struct select_order);

	**end = o;
	*end = &o->next;
	return o;
}

static int add_written(struct select *x, struct select_level *l, const struct rest_order *o,
	struct select_order ***end)
{
	struct select_order *t = add(x, end);
	size_t mark = select_mark(x);

	t->dir = o->dir;
	t->nulls = o->nulls;
	if (o->relation.p ? write_related(x, l, o) : write_own(x, l, o, t))
		return -1;
	t->sql = select_cut(x, mark);
	return 0;
}

static void add_column(struct select *x, struct select_level *l, const struct rest_column *c,
	struct select_order ***end)
{
	struct select_order *t = add(x, end);
	size_t mark = select_mark(x);

	select_write_column(x, l->page, l->node, c);
	t->sql = select_cut(x, mark);
	t->column = c;
}

static bool has_column(const struct select_order *list, const struct rest_column *c)
{
	for (; list; list = list->next)
		if (list->column == c)
			return true;
	return false;
}

/* DISTINCT ON (a, b) wants a and b first. */
static int add_distinct(struct select *x, struct select_level *l, struct select_order ***end)
{
	const struct rest_order *o = l->node->ast->order;
	struct select_name name;
	size_t n = 0;

	for (const struct rest_name *d = x->r->query.distinct_on; d; d = d->next)
		n++;
	for (size_t i = 0; i < n && o; i++, o = o->next) {
		const struct rest_name *d = x->r->query.distinct_on;
		while (d && (o->relation.p || o->field.n_steps || !str_eq(d->name, o->field.name)))
			d = d->next;
		if (!d)
			o = NULL;
		if (!o)
			break;
		if (i + 1 == n)
			return 0;
	}
	for (const struct rest_name *d = x->r->query.distinct_on; d; d = d->next) {
		if (select_resolve(x, l->node, d->name, &name))
			return -1;
		if (name.column)
			add_column(x, l, name.column, end);
	}
	return 0;
}

int select_orders(struct select *x, struct select_level *l)
{
	struct select_order **end = &l->orders;

	if (!l->node->parent && x->r->query.distinct_on && add_distinct(x, l, &end))
		return -1;
	for (const struct rest_order *o = l->node->ast->order; o; o = o->next)
		if (add_written(x, l, o, &end))
			return -1;
	for (size_t i = 0; l->adds_key && l->node->table && i < l->node->table->n_pk; i++)
		if (!has_column(l->orders, l->node->table->pk[i]))
			add_column(x, l, l->node->table->pk[i], &end);
	return 0;
}

void select_write_order(struct select *x, const struct select_scope *at,
	const struct select_level *l, const struct select_order *o)
{
	size_t mark = select_mark(x);

	if (o->ordinal) {
		buf_i64(&x->s->text, o->ordinal);
		return;
	}
	rest_sql_str(x->s, o->sql);
	select_settle(x, at, l->node, mark);
}

void select_write_orders(struct select *x, const struct select_scope *at,
	const struct select_level *l)
{
	static const char *const dirs[] = {"", " asc", " desc"};
	static const char *const nulls[] = {"", " nulls first", " nulls last"};

	for (const struct select_order *o = l->orders; o; o = o->next) {
		rest_sql(x->s, o == l->orders ? " order by " : ", ");
		select_write_order(x, at, l, o);
		rest_sql(x->s, dirs[o->dir]);
		rest_sql(x->s, nulls[o->nulls]);
	}
}

#include "mod/rest/select.h"

#include "base/arena.h"
#include "mod/rest/select_local.h"

/* Are all columns of the primary key said to be equal to something? A view may have a row more than once. */
bool select_is_one_row(const struct rest_request *r, const struct rest_table *t)
{
	if (t->kind != REST_TABLE && t->kind != REST_PARTITIONED)
		return false;
	for (size_t i = 0; i < t->n_pk; i++) {
		const struct rest_cond *c = r->query.root.where;
		while (c &&
			(c->kind != REST_COND_TEST || c->negated || c->op != REST_EQ ||
				c->quant != REST_QUANT_NONE || c->is_column || c->field.n_steps ||
				!str_eq(c->field.name, t->pk[i]->name)))
			c = c->next;
		if (!c)
			return false;
	}
	return t->n_pk > 0;
}

/* The first embed that a filter called by its table although it has an alias. */
static const struct select_node *misnamed(const struct select_node *n)
{
	const struct select_node *found = n->ast->legacy_target ? n : NULL;

	for (const struct select_node *c = n->first; c && !found; c = c->next)
		found = misnamed(c);
	return found;
}

static struct str warning_of(struct arena *a, const struct select_node *n)
{
	return str_printf(a,
		"299 - \"Embedded resource was referenced by relation name even though it has an alias. "
		"This is deprecated and will stop working in a future release. "
		"Update `" STR_FMT "` to `" STR_FMT
		"` in query string filters, orders or limits.\"",
		STR_ARG(n->item->field.name), STR_ARG(n->name));
}

int rest_select_write(struct rest_request *r, struct rest_sql *s, const struct rest_source *from,
	struct rest_plan *p)
{
	const struct select_node *wrong;
	struct select x;

	if (select_init(&x, r, s, from))
		return -1;
	x.p = p;
	x.strip_nulls = r->accept && r->accept->strip_nulls;
	p->limit_value = from->is_done ? -1 : r->query.root.limit_param;
	p->is_one = from->table && !from->sql.p && select_is_one_row(r, from->table);
	if ((wrong = misnamed(x.root)))
		p->warning = warning_of(p->arena, wrong);
	return select_media_write(&x);
}

int rest_select_head(struct rest_request *r, struct rest_sql *s, const struct rest_source *from,
	struct rest_plan *p)
{
	struct select x;

	if (select_init(&x, r, s, from))
		return -1;
	x.p = p;
	bool is_bare = !r->query.having && !r->query.distinct && !r->query.distinct_on &&
		!x.root->is_grouped;
	struct select_level l = {.node = x.root, .no_columns = is_bare, .no_order = is_bare};
	p->out = NULL;
	p->n_keyset = 0;
	if (select_level_write(&x, &l, NULL, SELECT_PLAIN, &p->out))
		return -1;
	p->n_cols = l.out->n_columns;
	return 0;
}

/* The root, as it is called in a statement of somebody else's. */
static int look_from(struct select *x, struct rest_request *r, struct rest_sql *s,
	const struct rest_source *from, struct str alias)
{
	if (select_init(x, r, s, from))
		return -1;
	x->root->alias = alias;
	x->root->scope = select_scope_new(x, NULL);
	return 0;
}

int rest_select_where(struct rest_request *r, struct rest_sql *s, const struct rest_source *from,
	struct str alias)
{
	struct select_list where = {.n = 0};
	struct select x;

	if (look_from(&x, r, s, from, alias) ||
		select_where(&x, x.root->scope, x.root, &where, true))
		return -1;
	if (where.first)
		rest_sql(s, " where ");
	select_list_write(&x, &where, " and ");
	return 0;
}

int rest_select_order(struct rest_request *r, struct rest_sql *s, const struct rest_source *from,
	struct str alias, bool add_pk)
{
	struct select x;

	if (look_from(&x, r, s, from, alias))
		return -1;
	struct select_level l = {.node = x.root,
		.out = x.root->scope,
		.page = x.root->scope,
		.adds_key = add_pk};
	if (select_orders(&x, &l))
		return -1;
	select_write_orders(&x, l.page, &l);
	return 0;
}

/* `count` may be the old way to count. */
static bool is_count(const struct rest_request *r, const struct rest_item *i)
{
	return !i->field.n_steps && str_eq(i->field.name, STR("count")) && r->table &&
		!rest_table_column(r->table, i->field.name);
}

bool rest_select_is_plain(const struct rest_request *r)
{
	const struct rest_query *q = &r->query;

	for (const struct rest_item *i = q->root.items; i; i = i->next)
		if (i->kind > REST_ITEM_FIELD || i->agg != REST_AGG_NONE || is_count(r, i))
			return false;
	return !q->distinct && !q->distinct_on && !q->having;
}

int rest_select_items(struct rest_request *r, struct rest_sql *s, const struct rest_source *from,
	struct str alias, struct rest_plan *p)
{
	struct select x;

	if (look_from(&x, r, s, from, alias))
		return -1;
	x.p = p;
	x.strip_nulls = r->accept && r->accept->strip_nulls;
	x.is_csv = p->is_csv = r->accept && r->accept->media == REST_MEDIA_CSV;
	struct select_level l = {.node = x.root, .out = x.root->scope, .page = x.root->scope};
	if (select_columns(&x, &l, x.root, &p->out))
		return -1;
	/* RETURNING cannot be empty. */
	if (!l.out->columns)
		select_column_add(&x, l.out, STR_NULL, STR("null"));
	select_columns_write(&x, l.out, SELECT_PLAIN);
	p->n_cols = l.out->n_columns;
	return 0;
}

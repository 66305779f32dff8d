/* From the items with brackets to nodes: each with its relationship, and with what its filters and orders ask of it. */
#include "base/arena.h"
#include "mod/rest/select_local.h"
#include "mod/rest/select_site.h"

static bool is_embed(const struct rest_item *item)
{
	return item->kind == REST_ITEM_EMBED || item->kind == REST_ITEM_SPREAD;
}

struct select_node *select_child(const struct select_node *n, struct str name)
{
	for (struct select_node *c = n->first; c; c = c->next)
		if (str_eq(c->name, name))
			return c;
	return NULL;
}

struct select_node *select_child_of(const struct select_node *n, const struct rest_item *item)
{
	struct select_node *c = n->first;

	while (c->item != item)
		c = c->next;
	return c;
}

bool select_is_null_test(const struct rest_cond *c)
{
	return c->kind == REST_COND_TEST && c->agg == REST_AGG_NONE && c->op == REST_IS &&
		!c->field.n_steps && (c->is == REST_IS_NULL || c->is == REST_IS_NOT_NULL);
}

bool select_is_present_test(const struct rest_cond *c)
{
	return select_is_null_test(c) && (c->is == REST_IS_NOT_NULL) != c->negated;
}

/* `select=count` is older than count(), and still taken where no column is called so. */
enum rest_agg select_aggregate(const struct select_node *n, const struct rest_item *item)
{
	if (item->kind != REST_ITEM_FIELD)
		return REST_AGG_NONE;
	if (item->agg == REST_AGG_NONE && !item->field.n_steps && n->is_known &&
		str_eq(item->field.name, STR("count")) && !select_knows(n, item->field.name))
		return REST_AGG_COUNT;
	return item->agg;
}

static void look_at_items(struct select_node *n)
{
	n->is_empty = true;
	for (const struct rest_item *i = n->ast->items; i; i = i->next) {
		n->is_grouped |= select_aggregate(n, i) != REST_AGG_NONE;
		n->is_empty &= is_embed(i);
	}
	for (const struct select_node *c = n->first; c; c = c->next) {
		n->is_grouped |= c->is_spread && c->is_to_one && c->is_grouped;
		n->is_empty &= c->is_empty;
	}
}

/* What n's own filters and orders say of its embeds. */
static void look_at_tests(struct select_node *n)
{
	struct select_node *c;

	for (const struct rest_cond *w = n->ast->where; w; w = w->next)
		if (select_is_present_test(w) && (c = select_child(n, w->field.name)))
			c->is_inner = true;
	for (const struct rest_order *o = n->ast->order; o; o = o->next)
		if (o->relation.p && (c = select_child(n, o->relation)))
			c->is_ordered = true;
}

static bool asks_aggregates(const struct select *x, const struct select_node *n)
{
	const struct rest_item *i = n->ast->items;

	while (i && (i->kind != REST_ITEM_FIELD || i->agg == REST_AGG_NONE))
		i = i->next;
	return i || (!n->parent && x->r->query.having);
}

static int refuse(const struct select *x, const struct select_node *n)
{
	if (asks_aggregates(x, n) && !select_site_aggregates(x->r->site))
		return rest_fault(&x->r->fault, 400, "PGRST123",
			"Use of aggregate functions is not allowed");
	if (n->is_spread && !n->is_to_one && n->is_grouped) {
		rest_fault(&x->r->fault, 400, "PGRST127", "Feature not implemented");
		return rest_fault_details(&x->r->fault,
			"Aggregates are not implemented for one-to-many or many-to-many spreads.");
	}
	return 0;
}

static int add_children(struct select *x, struct select_node *n);

static int add_child(struct select *x, struct select_node *n, const struct rest_item *item,
	struct select_node **end)
{
	struct select_node *c = ARENA_NEW(x->r->arena, struct select_node);
	const struct rest_link *link =
		rest_links_find(x->r, n->table, item->field.name, item->hint);

	if (!link)
		return -1;
	*end = c;
	c->parent = n;
	c->ast = item->node;
	c->item = item;
	c->name = item->alias.p ? item->alias : item->field.name;
	c->link = link;
	c->table = link->to;
	c->columns = link->to->columns;
	c->n_columns = link->to->n;
	c->is_known = true;
	c->is_to_one = link->is_to_one;
	c->is_spread = item->kind == REST_ITEM_SPREAD;
	c->is_inner = item->join == REST_JOIN_INNER;
	return add_children(x, c);
}

static int add_children(struct select *x, struct select_node *n)
{
	struct select_node **end = &n->first;

	for (const struct rest_item *i = n->ast->items; i; i = i->next) {
		if (!is_embed(i))
			continue;
		if (add_child(x, n, i, end))
			return -1;
		end = &(*end)->next;
	}
	look_at_items(n);
	if (n->parent || !x->source->is_done)
		look_at_tests(n);
	return refuse(x, n);
}

int select_init(struct select *x, struct rest_request *r, struct rest_sql *s,
	const struct rest_source *from)
{
	struct select_node *n = ARENA_NEW(r->arena, struct select_node);

	*x = (struct select){.r = r, .s = s, .source = from, .root = n};
	n->ast = &r->query.root;
	n->name = from->table ? from->table->name : r->name;
	n->table = from->table;
	n->columns = from->table ? from->table->columns : from->columns;
	n->n_columns = from->table ? from->table->n : from->n_columns;
	n->is_known = n->table || n->columns;
	n->is_rows = from->is_rows;
	return add_children(x, n);
}

int64_t select_most_rows(const struct select *x)
{
	bool is_read = x->r->target == REST_TARGET_CALL || x->r->method == REST_GET ||
		x->r->method == REST_HEAD;

	return is_read ? select_site_most_rows(x->r->site) : -1;
}

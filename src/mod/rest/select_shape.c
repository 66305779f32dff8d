/* What the planner wants to know besides rest_shape_query(): small limits, and which order repeats which column. */
#include "base/buf.h"
#include "mod/rest/keyset.h"
#include "mod/rest/select_local.h"

#define MAX_FIXED 10000 /* a limit up to here is part of the shape of a request with embeds */

static void put_number(struct buf *shape, uint64_t n)
{
	for (; n >= 0x80; n >>= 7)
		buf_char(shape, (char)(n | 0x80));
	buf_char(shape, (char)n);
}

static bool has_embeds(const struct rest_item *items)
{
	while (items && (items->kind == REST_ITEM_STAR || items->kind == REST_ITEM_FIELD))
		items = items->next;
	return items;
}

/* 0: it stays a value. */
static void put_limit(const struct rest_request *r, struct buf *shape, struct rest_node *node)
{
	int64_t limit = -1;

	if (node->limit_param < 0)
		return;
	const struct db_param *v = &r->values.v[node->limit_param];
	node->limit_fixed = !v->null && str_to_i64(str_from(v->p, (size_t)v->len), &limit) &&
		limit >= 0 && limit <= MAX_FIXED;
	if (node->limit_fixed)
		node->limit = limit;
	put_number(shape, node->limit_fixed ? (uint64_t)limit + 1 : 0);
}

static void put_node(const struct rest_request *r, struct buf *shape, struct rest_node *node,
	bool fixes)
{
	if (fixes)
		put_limit(r, shape, node);
	for (struct rest_order *o = node->order; o; o = o->next) {
		if (!o->field.n_steps)
			continue;
		o->same_item = (unsigned)select_order_item(node, o);
		put_number(shape, o->same_item);
	}
	for (struct rest_item *i = node->items; i; i = i->next)
		if (i->kind == REST_ITEM_EMBED || i->kind == REST_ITEM_SPREAD)
			put_node(r, shape, i->node, fixes);
}

int rest_select_shape(struct rest_request *r, struct buf *shape)
{
	bool is_read = r->method == REST_GET || r->method == REST_HEAD;
	bool fixes = is_read && r->target == REST_TARGET_TABLE && has_embeds(r->query.root.items);

	put_node(r, shape, &r->query.root, fixes);
	return rest_keyset_prepare(r, shape);
}

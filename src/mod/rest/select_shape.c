/* What the planner wants to know besides rest_shape_query(): small limits, and which order repeats which column. */
#include "base/buf.h"
#include "mod/rest/keyset.h"
#include "mod/rest/select_local.h"
#include "mod/rest/select_site.h"

#define MAX_FIXED 1000 /* beyond, a page may be cut shorter and be sent as a stream (run.c) */

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

static int64_t limit_of(const struct rest_request *r, const struct rest_node *node)
{
	const struct db_param *v = &r->values.v[node->limit_param];
	int64_t limit;

	if (v->null || !str_to_i64(str_from(v->p, (size_t)v->len), &limit))
		return -1;
	return limit;
}

/* 0: it stays a value. most: what no page exceeds; -1: any. */
static void put_limit(const struct rest_request *r, struct buf *shape, struct rest_node *node,
	int64_t most)
{
	if (node->limit_param < 0)
		return;
	int64_t limit = limit_of(r, node);
	if (most >= 0 && (limit < 0 || most < limit))
		limit = most;
	node->limit_fixed = limit >= 0 && limit <= MAX_FIXED;
	if (node->limit_fixed)
		node->limit_sql = limit;
	put_number(shape, node->limit_fixed ? (uint64_t)limit + 1 : 0);
}

/* A row that is found by its key needs no limit that nobody asked for, and PostgreSQL takes time for it. */
static bool is_moot(const struct rest_request *r)
{
	const struct rest_node *root = &r->query.root;

	return root->limit_param >= 0 && r->values.v[root->limit_param].null &&
		root->offset_param < 0 && select_is_one_row(r, r->table);
}

static void put_node(const struct rest_request *r, struct buf *shape, struct rest_node *node,
	bool fixes)
{
	if (fixes)
		put_limit(r, shape, node, select_site_most_rows(r->site));
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

	r->query.root.limit_moot = is_read && r->target == REST_TARGET_TABLE && is_moot(r);
	buf_char(shape, r->query.root.limit_moot ? 'm' : '-');
	put_node(r, shape, &r->query.root, fixes && !r->query.root.limit_moot);
	return rest_keyset_prepare(r, shape);
}

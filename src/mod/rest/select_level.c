/* One SELECT: the rows of a node, of what is joined to it, and of the page that is cut out of them. */
#include "base/arena.h"
#include "mod/rest/select_local.h"

static bool is_root(const struct select_level *l)
{
	return !l->node->parent;
}

static bool is_cut(const struct select *x, const struct select_level *l)
{
	const struct rest_node *ast = l->node->ast;

	if (is_root(l))
		return !x->source->is_done && !ast->limit_moot;
	return ast->has_limit || ast->has_offset ||
		(!l->node->is_to_one && select_most_rows(x) >= 0);
}

/* Is there something that only rows of the page need? drops: rows of the level drop out without one of n. */
static bool has_more(const struct select_level *l, const struct select_node *n, bool drops)
{
	for (const struct select_node *c = n->first; c; c = c->next) {
		bool is_before = select_is_flat(l, c) && ((drops && c->is_inner) || c->is_ordered);
		if (!c->is_empty && (!is_before || has_more(l, c, drops && c->is_inner)))
			return true;
	}
	return false;
}

static void open_scopes(struct select *x, struct select_level *l, struct select_scope *outer)
{
	l->out = l->page = select_scope_new(x, outer);
	if (l->is_grouped || l->is_distinct || l->no_columns || !is_cut(x, l) ||
		!has_more(l, l->node, true))
		return;
	l->page = select_scope_new(x, l->out);
	l->page->alias = rest_sql_alias(x->s, x->r->arena);
	l->out->page = l->page;
}

/* FROM, WHERE and the joins. */
static int find_rows(struct select *x, struct select_level *l)
{
	struct select_node *n = l->node;
	size_t mark = select_mark(x);

	select_write_from(x, l->page, n);
	l->page->from = select_cut(x, mark);
	if (select_join_members(x, l, n))
		return -1;
	if (!is_root(l)) {
		if (select_write_ties(x, l->page, n))
			return -1;
		select_list_add(x, &l->page->where, select_cut(x, mark));
	} else if (!x->source->is_done && select_where(x, l->page, n, &l->page->where, false)) {
		return -1;
	}
	for (struct select_node *c = n->first; c; c = c->next) {
		if (!c->is_inner || select_is_joined(l, c))
			continue;
		if (select_write_exists(x, l->page, c, false))
			return -1;
		select_list_add(x, &l->page->where, select_cut(x, mark));
	}
	return 0;
}

/* A limit that is part of the shape is written as it is, so that the plan of the joins fits it. most: db-max-rows; -1: any. */
static void write_limit(struct select *x, const struct rest_node *ast, int64_t most)
{
	int64_t limit = ast->limit_param >= 0 && ast->limit_fixed ? ast->limit_sql : -1;

	if (ast->limit_param < 0)
		limit = most;
	if (limit >= 0) {
		rest_sql(x->s, " limit ");
		buf_i64(&x->s->text, most >= 0 && most < limit ? most : limit);
	} else if (ast->limit_param >= 0 && most >= 0) {
		rest_sql(x->s, " limit least(");
		rest_sql_value(x->s, ast->limit_param, "int8");
		buf_printf(&x->s->text, ", %lld)", (long long)most);
	} else if (ast->limit_param >= 0) {
		rest_sql(x->s, " limit ");
		rest_sql_value(x->s, ast->limit_param, NULL);
	}
}

static void write_paging(struct select *x, const struct select_level *l)
{
	bool is_many = !is_root(l) && !l->node->is_to_one;

	if (!is_cut(x, l))
		return;
	write_limit(x, l->node->ast, is_many ? select_most_rows(x) : -1);
	if (l->node->ast->offset_param >= 0) {
		rest_sql(x->s, " offset ");
		rest_sql_value(x->s, l->node->ast->offset_param, NULL);
	}
}

/* What stands behind WHERE. The order of a page is said again where it is joined, since a join need not keep it. */
static int end(struct select *x, struct select_level *l)
{
	bool is_ordered = !l->no_order && (!is_root(l) || !x->source->is_done);
	size_t mark = select_mark(x);

	if (select_distinct(x, l) || (is_ordered && select_orders(x, l)) || select_group(x, l))
		return -1;
	if (l->is_keyset)
		select_keyset(x, l);
	select_write_orders(x, l->page, l);
	if (!l->no_paging)
		write_paging(x, l);
	l->page->tail = select_cut(x, mark);
	if (l->page != l->out) {
		select_write_orders(x, l->out, l);
		l->out->tail = select_cut(x, mark);
	}
	return 0;
}

int select_level_rows(struct select *x, struct select_level *l, struct select_scope *outer,
	struct rest_out **out)
{
	l->is_grouped = l->node->is_grouped || (is_root(l) && x->r->query.having);
	l->is_distinct = is_root(l) && x->r->query.distinct && !x->source->is_done;
	l->is_flat = out && !l->is_json && !l->is_grouped && !x->is_csv;
	open_scopes(x, l, outer);
	if (find_rows(x, l) || (!l->no_columns && select_columns(x, l, l->node, out)))
		return -1;
	return end(x, l);
}

int select_level_write(struct select *x, struct select_level *l, struct select_scope *outer,
	enum select_naming naming, struct rest_out **out)
{
	if (select_level_rows(x, l, outer, out))
		return -1;
	select_scope_write(x, l->out, naming);
	return 0;
}

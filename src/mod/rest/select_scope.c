/* SELECTs in each other: what is written where, and how an inner one shows more of itself. */
#include <assert.h>

#include "base/arena.h"
#include "mod/rest/select_local.h"

struct str select_cut(struct select *x, size_t mark)
{
	struct buf *b = &x->s->text;
	struct str text = str_copy(x->r->arena, str_from(b->p + mark, b->len - mark));

	buf_truncate(b, mark);
	return text;
}

void select_list_add(struct select *x, struct select_list *list, struct str sql)
{
	struct select_text *t = ARENA_NEW(x->r->arena, struct select_text);

	t->sql = sql;
	if (!list->end)
		list->end = &list->first;
	*list->end = t;
	list->end = &t->next;
}

struct select_scope *select_scope_new(struct select *x, struct select_scope *outer)
{
	struct select_scope *s = ARENA_NEW(x->r->arena, struct select_scope);

	s->outer = outer;
	s->columns_end = &s->columns;
	return s;
}

int select_column_index(const struct select_scope *scope, struct str sql)
{
	int i = 0;

	for (const struct select_column *c = scope->columns; c; c = c->next, i++)
		if (str_eq(c->sql, sql))
			return i;
	return -1;
}

struct select_column *select_column_add(struct select *x, struct select_scope *scope,
	struct str key, struct str sql)
{
	struct select_column *c = ARENA_NEW(x->r->arena, struct select_column);

	c->key = key;
	c->sql = sql;
	*scope->columns_end = c;
	scope->columns_end = &c->next;
	scope->n_columns++;
	return c;
}

static bool is_seen(const struct select_scope *scope, const struct select_scope *at)
{
	while (at && at != scope)
		at = at->outer;
	return at;
}

static void write_number(struct select *x, int i)
{
	buf_char(&x->s->text, 'c');
	buf_i64(&x->s->text, i + 1);
}

void select_settle(struct select *x, const struct select_scope *at, const struct select_node *node,
	size_t mark)
{
	struct select_scope *page = node->scope;

	if (is_seen(page, at))
		return;
	assert(page->alias.p && is_seen(page->outer, at));
	struct str sql = select_cut(x, mark);
	int i = select_column_index(page, sql);
	if (i < 0) {
		i = page->n_columns;
		select_column_add(x, page, STR_NULL, sql);
	}
	rest_sql_str(x->s, page->alias);
	rest_sql(x->s, ".");
	write_number(x, i);
}

void select_columns_write(struct select *x, const struct select_scope *scope,
	enum select_naming naming)
{
	int i = 0;

	for (const struct select_column *c = scope->columns; c; c = c->next, i++) {
		rest_sql(x->s, i ? ", " : "");
		rest_sql_str(x->s, c->sql);
		if (naming == SELECT_PLAIN)
			continue;
		rest_sql(x->s, " as ");
		if (naming == SELECT_KEYS)
			rest_sql_ident(x->s, c->key);
		else
			write_number(x, i);
	}
}

void select_list_write(struct select *x, const struct select_list *list, const char *between)
{
	for (const struct select_text *t = list->first; t; t = t->next) {
		rest_sql_str(x->s, t->sql);
		if (t->next)
			rest_sql(x->s, between);
	}
}

void select_scope_write(struct select *x, const struct select_scope *scope,
	enum select_naming naming)
{
	rest_sql(x->s, "select");
	rest_sql_str(x->s, scope->distinct);
	rest_sql(x->s, scope->columns ? " " : "");
	select_columns_write(x, scope, naming);
	rest_sql(x->s, " from ");
	if (scope->page) {
		rest_sql(x->s, "(");
		select_scope_write(x, scope->page, SELECT_NUMBERS);
		rest_sql(x->s, ") ");
		rest_sql_str(x->s, scope->page->alias);
	} else {
		rest_sql_str(x->s, scope->from);
	}
	select_list_write(x, &scope->joins, "");
	if (scope->where.first) {
		rest_sql(x->s, " where ");
		select_list_write(x, &scope->where, " and ");
	}
	rest_sql_str(x->s, scope->tail);
}

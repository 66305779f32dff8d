/* Relationships from foreign keys: between tables, and between the views that show all columns of a key's side. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/map.h"
#include "mod/rest/cache_local.h"

/* Ways in which one view shows a key: a view that shows each of its three columns four times has 64. */
#define MAX_WAYS 64

/* A table, or a view of it, with the columns of one side of a foreign key. */
struct side {
	struct side *next;
	struct rest_table *table;
	const struct rest_column **columns;
	bool is_view;
};

struct rest_link *cache_link_add(struct cache_load *l, struct rest_table *from,
	struct rest_table *to)
{
	struct rest_link *link = ARENA_NEW(l->a, struct rest_link);

	link->from = from;
	link->to = to;
	link->next = from->links;
	from->links = link;
	return link;
}

static struct side *add_side(struct cache_load *l, struct side **list, struct rest_table *t,
	size_t n)
{
	struct side *s = ARENA_NEW(l->tmp, struct side);

	s->table = t;
	s->columns = arena_array(l->a, n, sizeof *s->columns);
	s->next = *list;
	*list = s;
	return s;
}

static void table_side(struct cache_load *l, struct side **list, unsigned oid,
	const unsigned *columns, size_t n)
{
	struct rest_table *t = cache_table_find(l, oid);

	if (!t || !t->is_exposed)
		return;
	struct side *s = add_side(l, list, t, n);
	for (size_t i = 0; i < n; i++) {
		s->columns[i] = cache_column_at(t, columns[i]);
		if (!s->columns[i]) {
			*list = s->next;
			return;
		}
	}
}

/* The origins of one column stand together: the first one and how many. */
static const struct cache_origin *shows(const struct cache_view *v, unsigned table, unsigned column,
	size_t *ret_n)
{
	size_t low = 0, high = v->n, n = 0;

	while (low < high) {
		size_t mid = (low + high) / 2;
		const struct cache_origin *o = &v->origins[mid];
		if (o->table < table || (o->table == table && o->column < column))
			low = mid + 1;
		else
			high = mid;
	}
	while (low + n < v->n && v->origins[low + n].table == table &&
		v->origins[low + n].column == column)
		n++;
	*ret_n = n;
	return &v->origins[low];
}

/* Every choice of columns is a side of its own, as for a key that the view shows twice. */
static void view_sides(struct cache_load *l, struct side **list, const struct cache_view *v,
	unsigned oid, const unsigned *columns, size_t n)
{
	size_t ways = 1, count;

	for (size_t i = 0; i < n; i++) {
		shows(v, oid, columns[i], &count);
		ways *= count;
		if (!ways)
			return;
		if (ways > MAX_WAYS)
			ways = MAX_WAYS;
	}
	for (size_t way = 0; way < ways; way++) {
		struct side *s = add_side(l, list, v->view, n);
		s->is_view = true;
		for (size_t i = n, rest = way; i-- > 0;) {
			const struct cache_origin *o = shows(v, oid, columns[i], &count);
			s->columns[i] = o[rest % count].shown;
			rest /= count;
		}
	}
}

static struct side *sides_of(struct cache_load *l, unsigned oid, const unsigned *columns, size_t n)
{
	struct side *list = NULL;

	for (size_t i = 0; i < l->n_views; i++)
		view_sides(l, &list, &l->views[i], oid, columns, n);
	table_side(l, &list, oid, columns, n);
	return list;
}

static void connect(struct cache_load *l, const struct cache_key *k, const struct side *near,
	const struct side *far)
{
	struct rest_link *link = cache_link_add(l, near->table, far->table);
	struct rest_link *back = cache_link_add(l, far->table, near->table);

	link->cardinality = k->is_unique ? REST_ONE_TO_ONE : REST_MANY_TO_ONE;
	link->is_to_one = true;
	link->is_parent = k->is_unique;
	back->cardinality = k->is_unique ? REST_ONE_TO_ONE : REST_ONE_TO_MANY;
	back->is_to_one = k->is_unique;
	link->is_self = back->is_self = near->table == far->table;
	link->constraint = back->constraint = k->name;
	link->columns = back->foreign = near->columns;
	link->foreign = back->columns = far->columns;
	link->n = back->n = k->n;
}

void cache_links_make(struct cache_load *l)
{
	for (size_t i = 0; i < l->n_keys; i++) {
		const struct cache_key *k = &l->keys[i];
		if (k->kind != 'f')
			continue;
		struct side *near = sides_of(l, k->table, k->columns, k->n);
		struct side *far = near ? sides_of(l, k->other, k->foreign, k->n) : NULL;
		for (struct side *s = near; s; s = s->next)
			for (struct side *t = far; t; t = t->next)
				connect(l, k, s, t);
	}
}

/* A computed relationship named as a table takes the place of those that were found to that table. */
static void drop_replaced(struct rest_table *t)
{
	for (struct rest_link **at = &t->links; *at;) {
		const struct rest_table *to = (*at)->to;
		bool is_replaced = false;

		for (struct rest_func *f = t->computed; f && !is_replaced; f = f->next_computed)
			is_replaced = f->is_exposed && f->table && f->table->is_exposed &&
				!f->returns->base && str_eq(f->name, to->name) &&
				str_eq(f->schema, to->schema);
		if (is_replaced)
			*at = (*at)->next;
		else
			at = &(*at)->next;
	}
}

void cache_links_computed(struct cache_load *l)
{
	for (size_t i = 0; i < l->c->n_tables; i++) {
		struct rest_table *t = l->c->tables[i];
		drop_replaced(t);
		for (struct rest_func *f = t->computed; f; f = f->next_computed) {
			if (!f->is_exposed || !f->table || !f->table->is_exposed ||
				f->returns->base)
				continue;
			struct rest_link *link = cache_link_add(l, t, f->table);
			link->cardinality = REST_COMPUTED;
			link->func = f;
			link->is_to_one = !f->returns_set || f->returns_one_row;
			link->is_self = t == f->table;
		}
	}
}

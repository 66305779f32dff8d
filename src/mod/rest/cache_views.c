/* Keys that views inherit: which column of a view is nothing but a column of a table, through any number of views. PostgreSQL keeps
 * that for each column of the outermost query (through subqueries, CTEs and joins); a union has none. */
#include <stdlib.h>

#include "base/arena.h"
#include "db/result.h"
#include "mod/rest/cache_local.h"

#define MAX_CHAIN 64 /* views over views; also ends a circle, which PostgreSQL does not allow */

enum { RULE_VIEW, RULE_TREE };

/* The exposed views and all that they read from. */
static const char views_sql[] =
	"with recursive v(oid) as ("
	" select c.oid from pg_class c where c.relkind in ('v', 'm') and c.relnamespace = " CACHE_EXPOSED
	" union"
	" select d.refobjid from v join pg_rewrite w on w.ev_class = v.oid and w.ev_type = '1'"
	"  join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid"
	"   and d.refclassid = 'pg_class'::regclass"
	"  join pg_class c on c.oid = d.refobjid and c.relkind in ('v', 'm')"
	"   and c.relnamespace <> 'pg_catalog'::regnamespace)"
	"select v.oid::int8, w.ev_action::text"
	" from v join pg_rewrite w on w.ev_class = v.oid and w.ev_type = '1' order by v.oid";

static void read_views(struct cache_load *l, const struct result *r)
{
	for (int row = 0; row < result_rows(r); row++) {
		struct cache_rule *rule = ARENA_NEW(l->tmp, struct cache_rule);

		rule->n =
			cache_nodes_targets(l->tmp, result_text(r, row, RULE_TREE), &rule->targets);
		cache_oids_add(&l->rules, l->tmp, (unsigned)result_i64(r, row, RULE_VIEW), rule);
	}
	cache_oids_sort(&l->rules);
}

const struct cache_step cache_views_step = {views_sql, 1, read_views};

static const struct cache_target *target_at(const struct cache_rule *rule, unsigned number)
{
	for (size_t i = 0; i < rule->n; i++)
		if (rule->targets[i].number == number)
			return &rule->targets[i];
	return NULL;
}

/* Goes down from a view's column to the table's. */
static bool follow(const struct cache_load *l, unsigned *table, unsigned *column)
{
	for (int i = 0; i < MAX_CHAIN; i++) {
		const struct cache_rule *rule = cache_oids_get(&l->rules, *table);
		const struct cache_target *t;

		if (!rule)
			return true;
		t = target_at(rule, *column);
		if (!t)
			return false;
		*table = t->table;
		*column = t->column;
	}
	return false;
}

static int by_origin(const void *p, const void *q)
{
	const struct cache_origin *a = p, *b = q;

	if (a->table != b->table)
		return a->table < b->table ? -1 : 1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	return (a->shown->number > b->shown->number) - (a->shown->number < b->shown->number);
}

static void find_origins(struct cache_load *l, struct rest_table *view)
{
	const struct cache_rule *rule = cache_oids_get(&l->rules, view->oid);
	struct cache_view *v = &l->views[l->n_views];

	if (!rule || !rule->n)
		return;
	*v = (struct cache_view){.view = view,
		.origins = arena_array(l->tmp, rule->n, sizeof *v->origins)};
	for (size_t i = 0; i < rule->n; i++) {
		const struct cache_target *t = &rule->targets[i];
		struct cache_origin o = {t->table, t->column, cache_column_at(view, t->number)};
		if (o.shown && follow(l, &o.table, &o.column))
			v->origins[v->n++] = o;
	}
	if (!v->n)
		return;
	qsort(v->origins, v->n, sizeof *v->origins, by_origin);
	l->n_views++;
}

static const struct cache_origin *origin_of(const struct cache_view *v, unsigned table,
	unsigned column)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->origins[i].table == table && v->origins[i].column == column)
			return &v->origins[i];
	return NULL;
}

/* Adds the key of one table to the view's when all its columns are shown; of a column shown twice the first one. */
static void add_key(struct cache_view *v, const struct cache_key *k)
{
	struct rest_table *t = v->view;
	size_t n = t->n_pk;

	if (k->kind != 'p' || n + k->n > t->n)
		return;
	for (size_t i = 0; i < k->n; i++) {
		const struct cache_origin *o = origin_of(v, k->table, k->columns[i]);
		if (!o)
			return;
		t->pk[n++] = o->shown;
	}
	t->n_pk = n;
}

/* A view over several tables has the keys of all of them, in the order in which the tables appear. */
static void find_key(struct cache_load *l, struct cache_view *v)
{
	struct rest_table *t = v->view;
	unsigned *tables = arena_array(l->tmp, t->n, sizeof *tables); /* of each column */

	t->pk = arena_array(l->a, t->n, sizeof *t->pk);
	for (size_t i = 0; i < v->n; i++)
		tables[v->origins[i].shown - t->columns] = v->origins[i].table;
	for (size_t i = 0; i < t->n; i++) {
		bool seen = !tables[i];
		for (size_t j = 0; j < i && !seen; j++)
			seen = tables[j] == tables[i];
		for (size_t k = cache_keys_of(l, tables[i]);
			!seen && k < l->n_keys && l->keys[k].table == tables[i]; k++)
			add_key(v, &l->keys[k]);
	}
}

void cache_views_finish(struct cache_load *l)
{
	struct rest_cache *c = l->c;

	l->views = arena_array(l->tmp, c->n_tables, sizeof *l->views);
	for (size_t i = 0; i < c->n_tables; i++)
		if (c->tables[i]->kind == REST_VIEW || c->tables[i]->kind == REST_MATVIEW)
			find_origins(l, c->tables[i]);
	for (size_t i = 0; i < l->n_views; i++)
		find_key(l, &l->views[i]);
}

/* Many-to-many, from what is many-to-one; and the order of all relationships of a table. */
#include <stdlib.h>

#include "base/arena.h"
#include "mod/rest/cache_local.h"

static bool has_in_key(const struct rest_table *t, const struct rest_link *link)
{
	for (size_t i = 0, j; i < link->n; i++) {
		for (j = 0; j < t->n_pk && t->pk[j] != link->columns[i];)
			j++;
		if (j == t->n_pk)
			return false;
	}
	return true;
}

static void join(struct cache_load *l, const struct rest_link *near, const struct rest_link *far)
{
	struct rest_link *link = cache_link_add(l, near->to, far->to);

	link->cardinality = REST_MANY_TO_MANY;
	link->is_self = near->to == far->to;
	link->constraint = near->constraint;
	link->far_constraint = far->constraint;
	link->junction = near->from;
	link->columns = near->foreign;
	link->near = near->columns;
	link->n = near->n;
	link->far = far->columns;
	link->foreign = far->foreign;
	link->n_far = far->n;
}

void cache_junctions_make(struct cache_load *l)
{
	for (size_t i = 0; i < l->c->n_tables; i++) {
		struct rest_table *t = l->c->tables[i];
		struct rest_link **halves;
		size_t n = 0, at = 0;

		for (struct rest_link *k = t->links; k; k = k->next)
			n += k->cardinality == REST_MANY_TO_ONE && has_in_key(t, k);
		halves = arena_array(l->tmp, n, sizeof(struct rest_link *));
		for (struct rest_link *k = t->links; k; k = k->next)
			if (k->cardinality == REST_MANY_TO_ONE && has_in_key(t, k))
				halves[at++] = k;
		for (size_t near = 0; near < n; near++)
			for (size_t far = 0; far < n; far++)
				if (!str_eq(halves[near]->constraint, halves[far]->constraint))
					join(l, halves[near], halves[far]);
	}
}

static int rank(const struct rest_link *link)
{
	static const int ranks[] = {[REST_ONE_TO_MANY] = 0,
		[REST_MANY_TO_ONE] = 1,
		[REST_ONE_TO_ONE] = 2,
		[REST_MANY_TO_MANY] = 3,
		[REST_COMPUTED] = 4};

	return ranks[link->cardinality];
}

static int compare_tables(const struct rest_table *a, const struct rest_table *b)
{
	int d = str_cmp(a->schema, b->schema);

	return d ? d : str_cmp(a->name, b->name);
}

static int compare_columns(const struct rest_column *const *a, size_t n_a,
	const struct rest_column *const *b, size_t n_b)
{
	for (size_t i = 0; i < n_a && i < n_b; i++) {
		int d = str_cmp(a[i]->name, b[i]->name);
		if (d)
			return d;
	}
	return (n_a > n_b) - (n_a < n_b);
}

static int compare_junctions(const struct rest_link *a, const struct rest_link *b)
{
	int d = compare_tables(a->junction, b->junction);

	if (!d)
		d = str_cmp(a->constraint, b->constraint);
	return d ? d : str_cmp(a->far_constraint, b->far_constraint);
}

static int compare_names(const struct rest_link *a, const struct rest_link *b)
{
	if (a->cardinality == REST_COMPUTED) {
		int d = str_cmp(a->func->schema, b->func->schema);
		return d ? d : str_cmp(a->func->name, b->func->name);
	}
	return a->junction ? compare_junctions(a, b) : str_cmp(a->constraint, b->constraint);
}

static int by_order(const void *p, const void *q)
{
	const struct rest_link *a = *(struct rest_link *const *)p,
			       *b = *(struct rest_link *const *)q;
	int d = compare_tables(a->to, b->to);

	if (!d)
		d = a->is_self - b->is_self;
	if (!d)
		d = rank(a) - rank(b);
	if (!d)
		d = compare_names(a, b);
	if (!d)
		d = b->is_parent - a->is_parent;
	if (!d)
		d = compare_columns((const void *)a->columns, a->n, (const void *)b->columns, b->n);
	return d ? d
		 : compare_columns((const void *)a->foreign, a->n_far ? a->n_far : a->n,
			   (const void *)b->foreign, b->n_far ? b->n_far : b->n);
}

void cache_links_sort(struct cache_load *l)
{
	for (size_t i = 0; i < l->c->n_tables; i++) {
		struct rest_table *t = l->c->tables[i];
		struct rest_link **all, **end = &t->links;
		size_t n = 0;

		for (struct rest_link *k = t->links; k; k = k->next)
			n++;
		all = arena_array(l->tmp, n, sizeof(struct rest_link *));
		n = 0;
		for (struct rest_link *k = t->links; k; k = k->next)
			all[n++] = k;
		if (n)
			qsort(all, n, sizeof *all, by_order);
		for (size_t k = 0; k < n; k++) {
			*end = all[k];
			end = &all[k]->next;
		}
		*end = NULL;
	}
}

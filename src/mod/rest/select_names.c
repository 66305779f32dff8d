/* Names of columns and computed fields; and what PostgreSQL would say about a name that there is not. */
#include <string.h>

#include "mod/rest/select_local.h"

#define MAX_DISTANCE 3 /* PostgreSQL's own limits for its hint (parse_relation.c) */
#define MAX_NAME 64

const struct rest_column *select_column(const struct select_node *n, struct str name)
{
	if (n->table)
		return rest_table_column(n->table, name);
	for (size_t i = 0; i < n->n_columns; i++)
		if (str_eq(n->columns[i].name, name))
			return &n->columns[i];
	return NULL;
}

static const struct rest_func *computed(const struct select_node *n, struct str name)
{
	return n->table ? rest_table_computed(n->table, name) : NULL;
}

bool select_knows(const struct select_node *n, struct str name)
{
	return !n->is_known || select_column(n, name) || computed(n, name);
}

bool select_may_see(const struct select *x, const struct select_node *n,
	const struct rest_column *c)
{
	if (!n->table || !n->table->has_column_grants || x->r->role < 0)
		return true;
	return !(c->denied >> x->r->role & 1);
}

/* Levenshtein's, over bytes; names are short. */
static size_t distance(struct str a, struct str b)
{
	size_t row[MAX_NAME + 1];

	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t corner = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t best = corner + (a.p[i - 1] != b.p[j - 1]);
			corner = row[j];
			if (corner + 1 < best)
				best = corner + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[b.len];
}

struct nearest_two {
	const struct rest_column *first, *second;
	size_t distance;
};

/* Three that are equally near are none. */
static void offer(struct nearest_two *near, struct str word, const struct rest_column *c)
{
	size_t d = word.len <= MAX_NAME && c->name.len <= MAX_NAME ? distance(c->name, word)
								   : SIZE_MAX;

	if (d > word.len / 2 || d > near->distance)
		return;
	if (d < near->distance)
		*near = (struct nearest_two){.first = c, .distance = d};
	else if (near->second)
		near->first = near->second = NULL;
	else if (near->first)
		near->second = c;
	else
		near->first = c;
}

static int unknown(struct select *x, const struct select_node *n, struct str name)
{
	struct nearest_two near = {.distance = MAX_DISTANCE};
	struct str table = n->table ? n->table->name : n->name;
	struct rest_fault *f = &x->r->fault;

	for (size_t i = 0; i < n->n_columns; i++)
		if (select_may_see(x, n, &n->columns[i]))
			offer(&near, name, &n->columns[i]);
	rest_fault(f, 400, "42703", "column " STR_FMT "." STR_FMT " does not exist", STR_ARG(table),
		STR_ARG(name));
	if (near.second)
		return rest_fault_hint(f,
			"Perhaps you meant to reference the column \"" STR_FMT "." STR_FMT
			"\" or the column \"" STR_FMT "." STR_FMT "\".",
			STR_ARG(table), STR_ARG(near.first->name), STR_ARG(table),
			STR_ARG(near.second->name));
	if (near.first)
		return rest_fault_hint(f,
			"Perhaps you meant to reference the column \"" STR_FMT "." STR_FMT "\".",
			STR_ARG(table), STR_ARG(near.first->name));
	return -1;
}

int select_resolve(struct select *x, const struct select_node *n, struct str name,
	struct select_name *ret)
{
	struct select_name found = {.column = select_column(n, name)};

	if (!found.column)
		found.computed = computed(n, name);
	if (!found.column && !found.computed && n->is_known)
		return unknown(x, n, name);
	*ret = found;
	return 0;
}

#include "model/table.h"

#include <assert.h>
#include <string.h>

struct model_columns model_columns_of(size_t n, const int *columns)
{
	struct model_columns set = MODEL_USUAL;

	for (size_t i = 0; i < n; i++)
		model_columns_add(&set, columns[i]);
	return set;
}

bool model_columns_has(struct model_columns set, int column)
{
	assert(column >= 0 && column < MODEL_COLUMNS_MAX);
	return set.bits[column / 64] >> (column % 64) & 1;
}

bool model_columns_is_empty(struct model_columns set)
{
	return !set.bits[0] && !set.bits[1];
}

void model_columns_add(struct model_columns *set, int column)
{
	assert(column >= 0 && column < MODEL_COLUMNS_MAX);
	set->bits[column / 64] |= UINT64_C(1) << (column % 64);
}

void model_columns_drop(struct model_columns *set, struct model_columns those)
{
	set->bits[0] &= ~those.bits[0];
	set->bits[1] &= ~those.bits[1];
}

int model_column_find(const struct model_table *t, const char *name)
{
	return model_column_find_str(t, str_of(name));
}

int model_column_find_str(const struct model_table *t, struct str name)
{
	for (int i = 0; i < t->n; i++)
		if (str_eq(str_of(t->columns[i].name), name))
			return i;
	return -1;
}

struct model_columns model_columns_where(const struct model_table *t, unsigned with,
	unsigned without)
{
	struct model_columns set = MODEL_USUAL;

	for (int i = 0; i < t->n; i++)
		if ((t->columns[i].flags & with) == with && !(t->columns[i].flags & without))
			model_columns_add(&set, i);
	return set;
}

const struct model_relation *model_relation_find(const struct model_table *child, const char *name)
{
	for (int i = 0; i < child->relations_n; i++)
		if (strcmp(child->relations[i].name, name) == 0)
			return &child->relations[i];
	return NULL;
}

int model_workspace_column(const struct model_table *t)
{
	return t->class == MODEL_TENANT ? model_column_find(t, "workspace_id") : -1;
}

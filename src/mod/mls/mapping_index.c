#include "mod/mls/mapping_value.h"

#include <string.h>

#include "base/arena.h"
#include "mod/mls/mapping_local.h"

static unsigned bucket_of(struct str field)
{
	return mapping_mix(field) % MAPPING_INDEX_BUCKETS;
}

void mapping_index_init(struct mapping_index *x, struct arena *a)
{
	*x = (struct mapping_index){.a = a};
	memset(x->bucket, -1, sizeof x->bucket);
}

static int find(const struct mapping_index *x, struct str field)
{
	int i = x->bucket[bucket_of(field)];

	while (i >= 0 && !str_eq(x->fields[i], field))
		i = x->next[i];
	return i;
}

int mapping_index_add(struct mapping_index *x, struct str field)
{
	int i = find(x, field);

	if (i >= 0)
		return i;
	if (x->n == x->room) {
		size_t was = (size_t)x->room, room = was ? 2 * was : 16;
		x->fields = arena_resize(x->a, x->fields, was * sizeof *x->fields,
			room * sizeof *x->fields);
		x->next =
			arena_resize(x->a, x->next, was * sizeof *x->next, room * sizeof *x->next);
		x->room = (int)room;
	}
	int16_t *bucket = &x->bucket[bucket_of(field)];
	x->fields[x->n] = str_copy(x->a, field);
	x->next[x->n] = *bucket;
	*bucket = (int16_t)x->n;
	return x->n++;
}

void mapping_index_sort(const struct mapping_index *x, struct str field, const struct json *value,
	const struct json **values)
{
	int i = find(x, field);

	if (i >= 0)
		values[i] = value;
}

#include "mod/search/index_table.h"

#include <assert.h>
#include <stdlib.h>

#include "mod/search/index_local.h"

#define CAP_FIRST 16

uint32_t search_table_next(const struct search_table *t, uint32_t hash, uint32_t *at)
{
	for (; *at < t->cap; (*at)++) {
		struct search_slot s = t->slots[(hash + *at) & (t->cap - 1)];
		if (s.id == SEARCH_NONE)
			break;
		if (s.hash != hash)
			continue;
		(*at)++;
		return s.id;
	}
	return SEARCH_NONE;
}

static void put(struct search_table *t, struct search_slot s)
{
	uint32_t i = s.hash & (t->cap - 1);

	while (t->slots[i].id != SEARCH_NONE)
		i = (i + 1) & (t->cap - 1);
	t->slots[i] = s;
}

static void grow(struct search_table *t)
{
	struct search_table old = *t;

	t->cap = old.cap ? old.cap * 2 : CAP_FIRST;
	t->slots = malloc(t->cap * sizeof(*t->slots));
	if (!t->slots)
		abort();
	for (uint32_t i = 0; i < t->cap; i++)
		t->slots[i].id = SEARCH_NONE;
	for (uint32_t i = 0; i < old.cap; i++)
		if (old.slots[i].id != SEARCH_NONE)
			put(t, old.slots[i]);
	free(old.slots);
}

void search_table_add(struct search_table *t, uint32_t hash, uint32_t id)
{
	if (t->n >= t->cap / 4 * 3)
		grow(t);
	put(t, (struct search_slot){hash, id});
	t->n++;
}

void search_table_remove(struct search_table *t, uint32_t hash, uint32_t id)
{
	uint32_t mask = t->cap - 1, i = hash & mask;

	assert(t->n);
	while (t->slots[i].id != id) {
		assert(t->slots[i].id != SEARCH_NONE);
		i = (i + 1) & mask;
	}
	/* Those behind it that may stand here move up, so that no look-up ends too early. */
	for (uint32_t j = (i + 1) & mask; t->slots[j].id != SEARCH_NONE; j = (j + 1) & mask) {
		uint32_t home = t->slots[j].hash & mask;
		if (((j - home) & mask) < ((j - i) & mask))
			continue;
		t->slots[i] = t->slots[j];
		i = j;
	}
	t->slots[i].id = SEARCH_NONE;
	t->n--;
}

void search_table_done(struct search_table *t)
{
	free(t->slots);
	*t = (struct search_table){0};
}

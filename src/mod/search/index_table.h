/* index_table: hash -> numbers of things that somebody else keeps and compares.
 *
 * Owner    whoever embeds it: zeroed to search_table_done().
 * Failure  memory ends the process. Threads: as the index.
 *
 *     for (uint32_t at = 0, id; (id = search_table_next(t, hash, &at)) != SEARCH_NONE;) if (is_mine(id)) ...
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct search_slot {
	uint32_t hash, id;
};

struct search_table {
	struct search_slot *slots;
	uint32_t cap, n; /* cap is a power of two, or 0 */
};

/* The next one with this hash; *at is 0 at first. SEARCH_NONE: no more. */
uint32_t search_table_next(const struct search_table *t, uint32_t hash, uint32_t *at);
void search_table_add(struct search_table *t, uint32_t hash, uint32_t id);
void search_table_remove(struct search_table *t, uint32_t hash, uint32_t id); /* is there */
/* What stands where the hash belongs, perhaps another's; SEARCH_NONE. */
static inline uint32_t search_table_home(const struct search_table *t, uint32_t hash)
{
	return t->cap ? t->slots[hash & (t->cap - 1)].id : UINT32_MAX;
}

static inline void search_table_prefetch(const struct search_table *t, uint32_t hash)
{
	if (t->cap)
		__builtin_prefetch(&t->slots[hash & (t->cap - 1)]);
}

void search_table_done(struct search_table *t);

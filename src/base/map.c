#include "base/map.h"

#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/hash.h"

struct entry {
	struct str key;
	void *value;
	uint64_t hash;
};

/* entries lie in order of insertion; slots, open-addressed, holds their numbers plus one. */
struct map {
	struct arena *arena;
	struct hash_key key;
	struct entry *entries;
	uint32_t *slots;
	size_t n, n_slots; /* n_slots is a power of two, at least 4/3 of what n may become */
};

static size_t room(const struct map *m)
{
	return m->n_slots / 4 * 3;
}

static void set_slots(struct map *m, size_t n_slots)
{
	size_t old = m->entries ? room(m) : 0;

	m->n_slots = n_slots;
	m->entries = arena_resize(m->arena, m->entries, old * sizeof(struct entry),
		room(m) * sizeof(struct entry));
	m->slots = arena_array(m->arena, n_slots, sizeof(*m->slots));
}

struct map *map_new(struct arena *a, size_t expected)
{
	struct map *m = ARENA_NEW(a, struct map);
	size_t n_slots = 8;

	assert(expected < UINT32_MAX / 2);
	m->arena = a;
	m->key = hash_key_process();
	while (n_slots / 4 * 3 < expected)
		n_slots *= 2;
	set_slots(m, n_slots);
	return m;
}

/* The slot of key, or the empty one where it belongs. */
static uint32_t *find_slot(const struct map *m, struct str key, uint64_t hash)
{
	size_t mask = m->n_slots - 1, i = hash & mask;

	for (; m->slots[i]; i = (i + 1) & mask) {
		const struct entry *e = &m->entries[m->slots[i] - 1];
		if (e->hash == hash && str_eq(e->key, key))
			break;
	}
	return &m->slots[i];
}

static void grow(struct map *m)
{
	assert(m->n_slots < UINT32_MAX / 2);
	set_slots(m, m->n_slots * 2);
	for (size_t i = 0; i < m->n; i++)
		*find_slot(m, m->entries[i].key, m->entries[i].hash) = (uint32_t)i + 1;
}

void *map_put(struct map *m, struct str key, void *value)
{
	uint64_t hash = hash_64(m->key, key);
	uint32_t *slot = find_slot(m, key, hash);

	if (*slot) {
		void *old = m->entries[*slot - 1].value;
		m->entries[*slot - 1].value = value;
		return old;
	}
	if (m->n == room(m)) {
		grow(m);
		slot = find_slot(m, key, hash);
	}
	m->entries[m->n++] = (struct entry){key, value, hash};
	*slot = (uint32_t)m->n;
	return NULL;
}

static const struct entry *find(const struct map *m, struct str key)
{
	uint32_t slot = *find_slot(m, key, hash_64(m->key, key));

	return slot ? &m->entries[slot - 1] : NULL;
}

void *map_get(const struct map *m, struct str key)
{
	const struct entry *e = find(m, key);

	return e ? e->value : NULL;
}

bool map_has(const struct map *m, struct str key)
{
	return find(m, key) != NULL;
}

size_t map_len(const struct map *m)
{
	return m->n;
}

struct str map_key_at(const struct map *m, size_t i)
{
	assert(i < m->n);
	return m->entries[i].key;
}

void *map_value_at(const struct map *m, size_t i)
{
	assert(i < m->n);
	return m->entries[i].value;
}

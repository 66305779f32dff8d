#include "db/stmt_cache.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"

#define SLOTS (4 * STMT_CACHE_MAX)

struct stmt_cache {
	struct stmt_entry
		*slots[SLOTS]; /* open addressing; removal puts the rest of the run anew */
	size_t n;
	uint64_t clock;
	struct hash_key key;
};

struct stmt_cache *stmt_cache_new(void)
{
	struct stmt_cache *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	c->key = hash_key_process();
	return c;
}

void stmt_cache_clear(struct stmt_cache *c)
{
	for (size_t i = 0; i < SLOTS; i++) {
		free(c->slots[i]);
		c->slots[i] = NULL;
	}
	c->n = 0;
}

void stmt_cache_free(struct stmt_cache *c)
{
	if (!c)
		return;
	stmt_cache_clear(c);
	free(c);
}

size_t stmt_cache_len(const struct stmt_cache *c)
{
	return c->n;
}

/* Where the name is, or where it would go. */
static size_t slot_of(const struct stmt_cache *c, uint64_t hash, const char *name)
{
	size_t i = hash % SLOTS;

	while (c->slots[i] && (c->slots[i]->hash != hash || strcmp(c->slots[i]->name, name) != 0))
		i = (i + 1) % SLOTS;
	return i;
}

static void remove_at(struct stmt_cache *c, size_t i)
{
	free(c->slots[i]);
	c->slots[i] = NULL;
	c->n--;
	for (i = (i + 1) % SLOTS; c->slots[i]; i = (i + 1) % SLOTS) {
		struct stmt_entry *s = c->slots[i];
		c->slots[i] = NULL;
		c->slots[slot_of(c, s->hash, s->name)] = s;
	}
}

static void evict(struct stmt_cache *c, char ret_evicted[STMT_NAME_MAX])
{
	size_t oldest = SLOTS;

	for (size_t i = 0; i < SLOTS; i++) {
		struct stmt_entry *s = c->slots[i];
		if (s && s->state == STMT_READY && s->users == 0 &&
			(oldest == SLOTS || s->used < c->slots[oldest]->used))
			oldest = i;
	}
	if (oldest == SLOTS)
		return; /* everything is on its way: a little over the limit for once */
	memcpy(ret_evicted, c->slots[oldest]->name, STMT_NAME_MAX);
	remove_at(c, oldest);
}

struct stmt_entry *stmt_cache_use(struct stmt_cache *c, const char *name,
	char ret_evicted[STMT_NAME_MAX])
{
	size_t len = strlen(name);
	uint64_t hash = hash_64(c->key, str_from(name, len));
	size_t i = slot_of(c, hash, name);

	ret_evicted[0] = 0;
	if (!c->slots[i]) {
		assert(len < STMT_NAME_MAX);
		if (c->n >= STMT_CACHE_MAX)
			evict(c, ret_evicted);
		i = slot_of(c, hash, name);
		struct stmt_entry *s = calloc(1, sizeof(*s));
		if (!s || c->n == SLOTS - 1)
			abort();
		memcpy(s->name, name, len);
		s->hash = hash;
		c->slots[i] = s;
		c->n++;
	}
	c->slots[i]->used = ++c->clock;
	return c->slots[i];
}

void stmt_entry_set(struct stmt_entry *s, enum stmt_state to)
{
	static const unsigned may[STMT_STATES] = {
		[STMT_NEW] = 1u << STMT_ASKED,
		[STMT_ASKED] = 1u << STMT_READY | 1u << STMT_NEW | 1u << STMT_STALE,
		[STMT_READY] = 1u << STMT_STALE | 1u << STMT_NEW,
		[STMT_STALE] = 1u << STMT_ASKED,
	};
	assert(may[s->state] & 1u << to);
	if (to == STMT_ASKED)
		s->was_stale = s->state == STMT_STALE;
	s->state = to;
}

void stmt_entry_lost(struct stmt_entry *s)
{
	stmt_entry_set(s, s->was_stale ? STMT_STALE : STMT_NEW);
}

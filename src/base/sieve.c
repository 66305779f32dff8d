#include "base/sieve.h"

#include <assert.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/hash.h"

#define FIRST_SLOTS 64

/* One allocation: the entry, the value, the key. */
struct entry {
	struct entry *chain;         /* the next one in the same slot */
	struct entry *older, *newer; /* in order of arrival */
	uint64_t hash;
	size_t key_len, value_len;
	bool marked;
	alignas(max_align_t) char value[];
};

struct sieve {
	struct hash_key key;
	struct entry **slots;
	size_t n_slots; /* a power of two */
	struct entry *oldest, *newest, *hand;
	size_t max_entries, max_bytes;
	struct sieve_stats stats;
};

static void *must_have(void *p)
{
	if (!p)
		abort();
	return p;
}

static const char *key_of(const struct entry *e)
{
	return e->value + e->value_len;
}

static size_t size_of(const struct entry *e)
{
	return sizeof(*e) + e->value_len + e->key_len;
}

struct sieve *sieve_new(size_t max_entries, size_t max_bytes)
{
	struct sieve *s = must_have(calloc(1, sizeof(*s)));

	crypto_random(&s->key, sizeof(s->key));
	s->n_slots = FIRST_SLOTS;
	s->slots = must_have(calloc(s->n_slots, sizeof(*s->slots)));
	s->max_entries = max_entries;
	s->max_bytes = max_bytes;
	return s;
}

static struct entry **slot_of(const struct sieve *s, uint64_t hash)
{
	return &s->slots[hash & (s->n_slots - 1)];
}

static struct entry *find(const struct sieve *s, struct str key, uint64_t hash)
{
	struct entry *e = *slot_of(s, hash);

	while (e &&
		!(e->hash == hash && e->key_len == key.len &&
			memcmp(key_of(e), key.p, key.len) == 0))
		e = e->chain;
	return e;
}

void *sieve_get(struct sieve *s, struct str key)
{
	assert(key.p);
	struct entry *e = find(s, key, hash_64(s->key, key));

	s->stats.requests++;
	if (!e)
		return NULL;
	s->stats.hits++;
	e->marked = true;
	return e->value;
}

static void unlink_entry(struct sieve *s, struct entry *e)
{
	struct entry **at = slot_of(s, e->hash);

	while (*at != e)
		at = &(*at)->chain;
	*at = e->chain;
	*(e->older ? &e->older->newer : &s->oldest) = e->newer;
	*(e->newer ? &e->newer->older : &s->newest) = e->older;
	if (s->hand == e)
		s->hand = e->newer;
}

static void drop(struct sieve *s, struct entry *e)
{
	size_t size = size_of(e);

	unlink_entry(s, e);
	s->stats.entries--;
	s->stats.bytes -= size;
	crypto_wipe(e, size);
	free(e);
}

/* Ends: each turn takes a mark away or an entry out. */
static void evict(struct sieve *s)
{
	struct entry *e = s->hand ? s->hand : s->oldest;

	while (e->marked) {
		e->marked = false;
		e = e->newer ? e->newer : s->oldest;
	}
	s->hand = e;
	drop(s, e);
	s->stats.evictions++;
}

static void make_room(struct sieve *s, size_t entries, size_t bytes)
{
	while (s->stats.entries &&
		(s->stats.entries + entries > s->max_entries ||
			s->stats.bytes + bytes > s->max_bytes))
		evict(s);
}

static void grow(struct sieve *s)
{
	free(s->slots);
	s->n_slots *= 2;
	s->slots = must_have(calloc(s->n_slots, sizeof(*s->slots)));
	for (struct entry *e = s->oldest; e; e = e->newer) {
		struct entry **slot = slot_of(s, e->hash);
		e->chain = *slot;
		*slot = e;
	}
}

static void link_entry(struct sieve *s, struct entry *e)
{
	struct entry **slot = slot_of(s, e->hash);

	e->chain = *slot;
	*slot = e;
	e->older = s->newest;
	e->newer = NULL;
	*(s->newest ? &s->newest->newer : &s->oldest) = e;
	s->newest = e;
}

void *sieve_put(struct sieve *s, struct str key, size_t len)
{
	uint64_t hash = hash_64(s->key, key);

	assert(key.p && !find(s, key, hash));
	if (len > s->max_bytes || key.len > s->max_bytes - len ||
		sizeof(struct entry) > s->max_bytes - len - key.len || !s->max_entries)
		return NULL;
	make_room(s, 1, sizeof(struct entry) + len + key.len);
	if (s->stats.entries >= s->n_slots)
		grow(s);
	struct entry *e = must_have(malloc(sizeof(*e) + len + key.len));
	*e = (struct entry){.hash = hash, .key_len = key.len, .value_len = len};
	memcpy(e->value + len, key.p, key.len);
	link_entry(s, e);
	s->stats.entries++;
	s->stats.bytes += size_of(e);
	return e->value;
}

void sieve_remove(struct sieve *s, struct str key)
{
	assert(key.p);
	struct entry *e = find(s, key, hash_64(s->key, key));

	if (e)
		drop(s, e);
}

void sieve_clear(struct sieve *s)
{
	while (s->oldest)
		drop(s, s->oldest);
}

void sieve_limit(struct sieve *s, size_t max_entries, size_t max_bytes)
{
	s->max_entries = max_entries;
	s->max_bytes = max_bytes;
	make_room(s, 0, 0);
}

void sieve_free(struct sieve *s)
{
	if (!s)
		return;
	sieve_clear(s);
	free(s->slots);
	crypto_wipe(s, sizeof(*s));
	free(s);
}

struct sieve_stats sieve_stats(const struct sieve *s)
{
	return s->stats;
}

/* Sets of documents: one bit each. */
#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "mod/search/index_local.h"

static size_t words_of(uint32_t n)
{
	return ((size_t)n + 63) / 64;
}

static size_t words_shared(const struct search_set *a, const struct search_set *b)
{
	return words_of(a->n < b->n ? a->n : b->n);
}

/* Without an instruction for it, which the oldest processors lack. */
uint32_t search_set_ones(uint64_t w)
{
	w -= (w >> 1) & 0x5555555555555555;
	w = (w & 0x3333333333333333) + ((w >> 2) & 0x3333333333333333);
	w = (w + (w >> 4)) & 0x0f0f0f0f0f0f0f0f;
	return (uint32_t)((w * 0x0101010101010101) >> 56);
}

struct search_set search_set_new(struct arena *a, uint32_t n)
{
	return (struct search_set){.bits = arena_array(a, words_of(n), sizeof(uint64_t)), .n = n};
}

void search_set_add(struct search_set *s, uint32_t doc)
{
	assert(doc < s->n);
	s->bits[doc / 64] |= UINT64_C(1) << doc % 64;
}

bool search_set_has(const struct search_set *s, uint32_t doc)
{
	return doc < s->n && s->bits[doc / 64] >> doc % 64 & 1;
}

void search_set_and(struct search_set *s, const struct search_set *with)
{
	size_t n = words_shared(s, with), all = words_of(s->n);

	for (size_t i = 0; i < n; i++)
		s->bits[i] &= with->bits[i];
	if (all > n)
		memset(s->bits + n, 0, (all - n) * sizeof(*s->bits));
}

void search_set_or(struct search_set *s, const struct search_set *with)
{
	assert(with->n <= s->n);
	size_t n = words_shared(s, with);

	for (size_t i = 0; i < n; i++)
		s->bits[i] |= with->bits[i];
}

void search_set_minus(struct search_set *s, const struct search_set *without)
{
	size_t n = words_shared(s, without);

	for (size_t i = 0; i < n; i++)
		s->bits[i] &= ~without->bits[i];
}

void search_set_copy(struct search_set *s, const struct search_set *from)
{
	assert(from->n <= s->n);
	size_t n = words_of(from->n), all = words_of(s->n);

	if (n)
		memcpy(s->bits, from->bits, n * sizeof(*s->bits));
	if (all > n)
		memset(s->bits + n, 0, (all - n) * sizeof(*s->bits));
}

uint32_t search_set_count(const struct search_set *s)
{
	uint32_t n = 0;

	for (size_t i = 0; i < words_of(s->n); i++)
		n += search_set_ones(s->bits[i]);
	return n;
}

bool search_set_is_empty(const struct search_set *s)
{
	return search_set_next(s, 0) == SEARCH_NONE;
}

uint32_t search_set_next(const struct search_set *s, uint32_t from)
{
	if (from >= s->n)
		return SEARCH_NONE;
	size_t i = from / 64, n = words_of(s->n);
	uint64_t w = s->bits[i] >> from % 64 << from % 64;
	while (!w) {
		if (++i == n)
			return SEARCH_NONE;
		w = s->bits[i];
	}
	return (uint32_t)(i * 64) + (uint32_t)__builtin_ctzll(w);
}

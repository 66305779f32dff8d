/* Sets of documents: one bit each, in words, and one for each word that may have any.
 *
 * What the latter does not say of is nothing, whatever stands in the word: a set is made, emptied and walked without a look at
 * words that have none. After a filter by place that is most of them. */
#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "mod/search/index_local.h"

#define BIT(i) (UINT64_C(1) << (i) % 64)

static size_t groups_of(uint32_t n)
{
	return (search_set_words(n) + 63) / 64;
}

static uint64_t some_of(const struct search_set *s, size_t group)
{
	return group < groups_of(s->n) ? search_set_some(s, group) : 0;
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
	return (struct search_set){
		.bits = arena_alloc(a, search_set_words(n) * sizeof(uint64_t)),
		.some = arena_array(a, groups_of(n), sizeof(uint64_t)),
		.n = n,
	};
}

void search_set_clear(struct search_set *s)
{
	memset(s->some, 0, groups_of(s->n) * sizeof(*s->some));
}

void search_set_add(struct search_set *s, uint32_t doc)
{
	assert(doc < s->n);
	search_set_or_word(s, doc / 64, BIT(doc));
}

void search_set_drop(struct search_set *s, uint32_t doc)
{
	if (search_set_has(s, doc))
		s->bits[doc / 64] &= ~BIT(doc);
}

bool search_set_has(const struct search_set *s, uint32_t doc)
{
	return doc < s->n && search_set_at(s, doc / 64) >> doc % 64 & 1;
}

void search_set_and(struct search_set *s, const struct search_set *with)
{
	for (size_t g = 0; g < groups_of(s->n); g++) {
		uint64_t both = s->some[g] & some_of(with, g), left = 0;
		for (; both; both &= both - 1) {
			size_t i = 64 * g + (size_t)__builtin_ctzll(both);
			s->bits[i] &= with->bits[i];
			left |= (uint64_t)!!s->bits[i] << i % 64;
		}
		s->some[g] = left;
	}
}

void search_set_or(struct search_set *s, const struct search_set *with)
{
	assert(with->n <= s->n);
	SEARCH_EACH_WORD (with, i)
		search_set_or_word(s, i, with->bits[i]);
}

void search_set_minus(struct search_set *s, const struct search_set *without)
{
	for (size_t g = 0; g < groups_of(s->n); g++)
		for (uint64_t both = s->some[g] & some_of(without, g); both; both &= both - 1) {
			size_t i = 64 * g + (size_t)__builtin_ctzll(both);
			search_set_put_word(s, i, s->bits[i] & ~without->bits[i]);
		}
}

void search_set_copy(struct search_set *s, const struct search_set *from)
{
	assert(from->n <= s->n);
	for (size_t g = 0; g < groups_of(s->n); g++) {
		uint64_t some = s->some[g] = some_of(from, g);
		if (some == UINT64_MAX)
			memcpy(s->bits + 64 * g, from->bits + 64 * g, 64 * sizeof(*s->bits));
		else
			for (; some; some &= some - 1) {
				size_t i = 64 * g + (size_t)__builtin_ctzll(some);
				s->bits[i] = from->bits[i];
			}
	}
}

uint32_t search_set_count(const struct search_set *s)
{
	uint32_t n = 0;

	SEARCH_EACH_WORD (s, i)
		n += search_set_ones(s->bits[i]);
	return n;
}

uint32_t search_set_count_words(const struct search_set *s)
{
	uint32_t n = 0;

	for (size_t g = 0; g < groups_of(s->n); g++)
		n += search_set_ones(search_set_some(s, g));
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
	uint64_t w = search_set_at(s, from / 64) >> from % 64 << from % 64;
	size_t i = from / 64;
	while (!w) {
		i = search_set_word(s, i + 1);
		if (i == SIZE_MAX)
			return SEARCH_NONE;
		w = s->bits[i];
	}
	return (uint32_t)(i * 64) + (uint32_t)__builtin_ctzll(w);
}

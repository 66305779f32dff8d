/* run_filter: one comparison of a filter, by type of its field. For run_filter*.c alone.
 *
 * Each leaves in s the documents where one of the operands is true. s holds only documents in which the field may be looked at.
 *
 * Owner    temporary things in the arena of the run. Threads as search_index_run().
 */
#pragma once
#include "mod/search/run_local.h"

void search_filter_string(struct search_run *r, const struct search_filter *f,
	struct search_set *s);
void search_filter_number(struct search_run *r, const struct search_filter *f,
	struct search_set *s);
void search_filter_geo(struct search_run *r, const struct search_filter *f, struct search_set *s);

/* Takes out of s what by its box alone cannot be within: little work, and often nearly all. */
void search_filter_zones(struct search_run *r, const struct search_filter *f, struct search_set *s);

/* About how many documents a comparison of strings leaves, UINT32_MAX: nobody knows before. */
uint32_t search_filter_string_most(struct search_run *r, const struct search_filter *f);

/* So many documents among 64 that all are compared at once. */
#define SEARCH_DENSE 12

static inline bool search_filter_is_dense(uint64_t which)
{
	which -= which >> 1 & UINT64_C(0x5555555555555555);
	which = (which & UINT64_C(0x3333333333333333)) +
		(which >> 2 & UINT64_C(0x3333333333333333));
	which = (which + (which >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (which * UINT64_C(0x0101010101010101)) >> 56 >= SEARCH_DENSE;
}

/* Asks for the values of a word's documents before it is their turn: few of many are mostly waited for. Returns the next word. */
#define SEARCH_AHEAD 8

static inline size_t search_filter_prefetch(const struct search_set *s, size_t word,
	const void *values, size_t size)
{
	if (word == SIZE_MAX)
		return word;
	uint64_t which = s->bits[word];
	if (!search_filter_is_dense(which))
		for (; which; which &= which - 1)
			__builtin_prefetch((const char *)values +
				size * (64 * word + (size_t)__builtin_ctzll(which)));
	return search_set_word(s, word + 1);
}

/* Two numbers at once, and what of them is true: all bits or none. As wide as every processor has it. */
typedef double search_pair __attribute__((vector_size(16)));
typedef int64_t search_pair_bits __attribute__((vector_size(16)));

#define SEARCH_EARTH_M 6371008.8
#define SEARCH_RADIAN (M_PI / 180)
#define SEARCH_DOUBTFUL 1e-6 /* so near to the circle the exact formula decides */

/* The haversine of an angle, (1 - cos x) / 2, for a small one. */
static inline search_pair search_haversine_small(search_pair x)
{
	search_pair q = x * x;

	return q * (1.0 / 4 - q * (1.0 / 48 - q / 1440));
}

/* 64 bytes, each 0 or 1, as bits. */
static inline uint64_t search_filter_pack(const uint8_t is_true[64])
{
	uint64_t bits = 0;

	for (int i = 0; i < 8; i++) {
		uint64_t eight = 0;
		for (int j = 0; j < 8; j++)
			eight |= (uint64_t)is_true[8 * i + j] << (8 * j);
		bits |= (eight * UINT64_C(0x0102040810204080)) >> 56 << (8 * i);
	}
	return bits;
}

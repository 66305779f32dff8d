#include "mod/search/index_docs.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "mod/search/index_local.h"

#define FEW 256
#define CHUNK 65536
#define CHUNK_WORDS (CHUNK / 64)
#define HALVES_MAX 4096 /* as large as bits */
#define HALVES_LOW 3072 /* bits become halves again */

struct search_chunk {
	uint32_t key; /* the upper half of its numbers */
	uint32_t n;
	uint32_t cap; /* of halves; 0: bits */
	union {
		uint16_t *halves;
		uint64_t *bits;
	};
};

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

/* Where doc stands, or would. */
static uint32_t few_at(const uint32_t *few, uint32_t n, uint32_t doc)
{
	uint32_t low = 0;

	if (n && few[n - 1] < doc)
		return n;
	while (n) {
		uint32_t half = n / 2;
		if (few[low + half] < doc) {
			low += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return low;
}

static uint32_t half_at(const uint16_t *halves, uint32_t n, uint16_t h)
{
	uint32_t low = 0;

	if (n && halves[n - 1] < h)
		return n;
	while (n) {
		uint32_t half = n / 2;
		if (halves[low + half] < h) {
			low += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return low;
}

static uint32_t chunk_at(const struct search_docs *d, uint32_t key)
{
	uint32_t low = 0, n = d->chunks_n;

	if (d->chunks[n - 1].key == key)
		return n - 1;
	while (n) {
		uint32_t half = n / 2;
		if (d->chunks[low + half].key < key) {
			low += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return low;
}

/* --- chunks ------------------------------------------------------------------------------------------ */

static void chunk_to_bits(struct search_chunk *c)
{
	uint64_t *bits = must(calloc(CHUNK_WORDS, sizeof(*bits)));

	for (uint32_t i = 0; i < c->n; i++)
		bits[c->halves[i] / 64] |= UINT64_C(1) << c->halves[i] % 64;
	free(c->halves);
	c->bits = bits;
	c->cap = 0;
}

static void chunk_to_halves(struct search_chunk *c)
{
	uint16_t *halves = must(malloc(HALVES_MAX * sizeof(*halves)));
	uint32_t n = 0;

	for (uint32_t i = 0; i < CHUNK_WORDS; i++)
		for (uint64_t w = c->bits[i]; w; w &= w - 1)
			halves[n++] = (uint16_t)(i * 64 + (uint32_t)__builtin_ctzll(w));
	assert(n == c->n);
	free(c->bits);
	c->halves = halves;
	c->cap = HALVES_MAX;
}

static bool bit_flip(struct search_chunk *c, uint16_t h, bool wanted)
{
	uint64_t bit = UINT64_C(1) << h % 64;

	if (!!(c->bits[h / 64] & bit) == wanted)
		return false;
	c->bits[h / 64] ^= bit;
	return true;
}

static bool chunk_add(struct search_chunk *c, uint16_t h)
{
	if (!c->cap) {
		bool is_new = bit_flip(c, h, true);
		c->n += is_new;
		return is_new;
	}
	uint32_t at = half_at(c->halves, c->n, h);
	if (at < c->n && c->halves[at] == h)
		return false;
	if (c->n == HALVES_MAX) {
		chunk_to_bits(c);
		return chunk_add(c, h);
	}
	if (c->n == c->cap) {
		c->cap = c->cap + c->cap / 2 < HALVES_MAX ? c->cap + c->cap / 2 : HALVES_MAX;
		c->halves = must(realloc(c->halves, c->cap * sizeof(*c->halves)));
	}
	memmove(c->halves + at + 1, c->halves + at, (c->n - at) * sizeof(*c->halves));
	c->halves[at] = h;
	c->n++;
	return true;
}

static bool chunk_remove(struct search_chunk *c, uint16_t h)
{
	if (!c->cap) {
		if (!bit_flip(c, h, false))
			return false;
		if (--c->n < HALVES_LOW)
			chunk_to_halves(c);
		return true;
	}
	uint32_t at = half_at(c->halves, c->n, h);
	if (at == c->n || c->halves[at] != h)
		return false;
	c->n--;
	memmove(c->halves + at, c->halves + at + 1, (c->n - at) * sizeof(*c->halves));
	return true;
}

static bool chunk_has(const struct search_chunk *c, uint16_t h)
{
	if (!c->cap)
		return c->bits[h / 64] >> h % 64 & 1;
	uint32_t at = half_at(c->halves, c->n, h);
	return at < c->n && c->halves[at] == h;
}

static void chunk_done(struct search_chunk *c)
{
	if (c->cap)
		free(c->halves);
	else
		free(c->bits);
}

/* --- one, few, chunks -------------------------------------------------------------------------------- */

static bool in_chunks(struct search_docs *d, uint32_t doc)
{
	uint32_t key = doc / CHUNK, at = d->chunks_n ? chunk_at(d, key) : 0;

	if (at == d->chunks_n || d->chunks[at].key != key) {
		d->chunks = must(realloc(d->chunks, (d->chunks_n + 1u) * sizeof(*d->chunks)));
		memmove(d->chunks + at + 1, d->chunks + at,
			(d->chunks_n - at) * sizeof(*d->chunks));
		d->chunks[at] = (struct search_chunk){.key = key, .cap = 16};
		d->chunks[at].halves = must(malloc(16 * sizeof(uint16_t)));
		d->chunks_n++;
	}
	return chunk_add(&d->chunks[at], (uint16_t)doc);
}

static void few_to_chunks(struct search_docs *d)
{
	uint32_t *few = d->few;

	d->chunks = NULL;
	d->cap = 0;
	for (uint32_t i = 0; i < d->n; i++)
		in_chunks(d, few[i]);
	free(few);
}

static void one_to_few(struct search_docs *d)
{
	uint32_t one = d->one;

	d->few = must(malloc(4 * sizeof(*d->few)));
	d->few[0] = one;
	d->cap = 4;
}

static bool few_add(struct search_docs *d, uint32_t doc)
{
	uint32_t at = few_at(d->few, d->n, doc);

	if (at < d->n && d->few[at] == doc)
		return false;
	if (d->n == FEW) {
		few_to_chunks(d);
		d->n++;
		return in_chunks(d, doc);
	}
	if (d->n == d->cap) {
		d->cap = (uint16_t)(d->cap + d->cap / 2 < FEW ? d->cap + d->cap / 2 : FEW);
		d->few = must(realloc(d->few, d->cap * sizeof(*d->few)));
	}
	memmove(d->few + at + 1, d->few + at, (d->n - at) * sizeof(*d->few));
	d->few[at] = doc;
	d->n++;
	return true;
}

bool search_docs_add(struct search_docs *d, uint32_t doc)
{
	if (d->chunks_n) {
		bool is_new = in_chunks(d, doc);
		d->n += is_new;
		return is_new;
	}
	if (!d->cap) {
		if (!d->n) {
			d->one = doc;
			d->n = 1;
			return true;
		}
		if (d->one == doc)
			return false;
		one_to_few(d);
	}
	return few_add(d, doc);
}

static void chunks_to_few(struct search_docs *d)
{
	struct search_docs small = {0};

	for (uint32_t i = 0; i < d->chunks_n; i++)
		for (uint32_t j = 0; j < d->chunks[i].n; j++)
			search_docs_add(&small, d->chunks[i].key * CHUNK + d->chunks[i].halves[j]);
	search_docs_done(d);
	*d = small;
}

static bool chunks_remove(struct search_docs *d, uint32_t doc)
{
	uint32_t at = chunk_at(d, doc / CHUNK);

	if (at == d->chunks_n || d->chunks[at].key != doc / CHUNK ||
		!chunk_remove(&d->chunks[at], (uint16_t)doc))
		return false;
	d->n--;
	if (!d->chunks[at].n) {
		chunk_done(&d->chunks[at]);
		d->chunks_n--;
		memmove(d->chunks + at, d->chunks + at + 1,
			(d->chunks_n - at) * sizeof(*d->chunks));
	}
	if (d->n <= FEW / 2)
		chunks_to_few(d);
	return true;
}

bool search_docs_remove(struct search_docs *d, uint32_t doc)
{
	if (d->chunks_n)
		return chunks_remove(d, doc);
	if (!d->cap) {
		bool is_there = d->n && d->one == doc;
		d->n -= is_there;
		return is_there;
	}
	uint32_t at = few_at(d->few, d->n, doc);
	if (at == d->n || d->few[at] != doc)
		return false;
	d->n--;
	memmove(d->few + at, d->few + at + 1, (d->n - at) * sizeof(*d->few));
	if (!d->n)
		search_docs_done(d);
	return true;
}

void search_docs_prefetch_end(const struct search_docs *d)
{
	if (!d->chunks_n)
		return;
	const struct search_chunk *c = &d->chunks[d->chunks_n - 1];
	if (c->cap)
		__builtin_prefetch(&c->halves[c->n - 1]);
}

void search_docs_done(struct search_docs *d)
{
	for (uint32_t i = 0; i < d->chunks_n; i++)
		chunk_done(&d->chunks[i]);
	if (d->chunks_n)
		free(d->chunks);
	else if (d->cap)
		free(d->few);
	*d = (struct search_docs){0};
}

size_t search_docs_bytes(const struct search_docs *d)
{
	size_t n = d->cap * sizeof(*d->few);

	for (uint32_t i = 0; i < d->chunks_n; i++)
		n += sizeof(struct search_chunk) +
			(d->chunks[i].cap ? d->chunks[i].cap * 2 : CHUNK / 8);
	return n;
}

/* --- for searches ------------------------------------------------------------------------------------- */

uint32_t search_docs_count(const struct search_docs *d)
{
	return d ? d->n : 0;
}

bool search_docs_has(const struct search_docs *d, uint32_t doc)
{
	if (!d || !d->n)
		return false;
	if (d->chunks_n) {
		uint32_t at = chunk_at(d, doc / CHUNK);
		return at < d->chunks_n && d->chunks[at].key == doc / CHUNK &&
			chunk_has(&d->chunks[at], (uint16_t)doc);
	}
	if (!d->cap)
		return d->one == doc;
	uint32_t at = few_at(d->few, d->n, doc);
	return at < d->n && d->few[at] == doc;
}

/* The first of a chunk's words in a set, and how many of them the set has. */
static size_t chunk_words(const struct search_chunk *c, const struct search_set *s, size_t *ret_n)
{
	size_t from = (size_t)c->key * CHUNK_WORDS, all = search_set_words(s->n);

	*ret_n = from >= all ? 0 : all - from < CHUNK_WORDS ? all - from : CHUNK_WORDS;
	return from;
}

void search_set_add_docs(struct search_set *s, const struct search_docs *d)
{
	if (!d || !d->n)
		return;
	const uint32_t *few = d->cap ? d->few : &d->one;
	for (uint32_t i = 0; !d->chunks_n && i < d->n; i++)
		search_set_add(s, few[i]);
	for (uint32_t i = 0; i < d->chunks_n; i++) {
		const struct search_chunk *c = &d->chunks[i];
		size_t n, from = chunk_words(c, s, &n);
		for (uint32_t j = 0; c->cap && j < c->n; j++)
			search_set_or_word(s, from + c->halves[j] / 64,
				UINT64_C(1) << c->halves[j] % 64);
		for (size_t j = 0; !c->cap && j < n; j++)
			search_set_or_word(s, from + j, c->bits[j]);
	}
}

/* The first half from `at` on that is not below h: near ones are found soon. */
static uint32_t skip(const struct search_chunk *c, uint32_t at, uint32_t h)
{
	uint32_t step = 1;

	while (at + step < c->n && c->halves[at + step] < h) {
		at += step;
		step *= 2;
	}
	uint32_t n = c->n - at < step + 1 ? c->n - at : step + 1;
	while (n) {
		uint32_t half = n / 2;
		if (c->halves[at + half] < h) {
			at += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return at;
}

/* The chunk's documents among the 64 of its j-th word. Words are asked for in ascending order, *at is 0 at first. */
static inline uint64_t chunk_word(const struct search_chunk *c, uint32_t j, uint32_t *at)
{
	uint64_t bits = 0;

	if (!c->cap)
		return c->bits[j];
	for (*at = skip(c, *at, 64 * j); *at < c->n && c->halves[*at] / 64u == j; ++*at)
		bits |= UINT64_C(1) << c->halves[*at] % 64;
	return bits;
}

/* Are its documents fewer than the words of the set that have any there? */
static bool chunk_is_few(const struct search_chunk *c, const struct search_set *within)
{
	size_t n, from = chunk_words(c, within, &n);
	uint32_t some = 0;

	for (size_t i = from; c->cap && i < from + n && some <= c->n; i += 64)
		some += search_set_ones(search_set_some(within, i / 64));
	return some > c->n;
}

static void chunk_add_within(const struct search_chunk *c, const struct search_set *within,
	struct search_set *to)
{
	size_t n, from = chunk_words(c, within, &n);
	uint32_t at = 0, first = c->key * CHUNK;

	if (chunk_is_few(c, within)) {
		for (uint32_t j = 0; j < c->n; j++)
			if (search_set_has(within, first + c->halves[j]))
				search_set_add(to, first + c->halves[j]);
		return;
	}
	for (size_t i = search_set_word(within, from); i < from + n;
		i = search_set_word(within, i + 1))
		search_set_or_word(to, i,
			within->bits[i] & chunk_word(c, (uint32_t)(i - from), &at));
}

void search_set_add_docs_within(struct search_set *s, const struct search_docs *d,
	const struct search_set *within)
{
	if (!d || !d->n)
		return;
	const uint32_t *few = d->cap ? d->few : &d->one;
	for (uint32_t i = 0; !d->chunks_n && i < d->n; i++)
		if (search_set_has(within, few[i]))
			search_set_add(s, few[i]);
	for (uint32_t i = 0; i < d->chunks_n; i++)
		chunk_add_within(&d->chunks[i], within, s);
}

static size_t chunk_within(const struct search_chunk *c, const struct search_set *within,
	uint32_t *ret)
{
	size_t n = 0, words, from = chunk_words(c, within, &words);
	uint32_t at = 0, first = c->key * CHUNK;

	if (chunk_is_few(c, within)) {
		for (uint32_t j = 0; j < c->n; j++)
			if (search_set_has(within, first + c->halves[j]))
				ret[n++] = first + c->halves[j];
		return n;
	}
	for (size_t i = search_set_word(within, from); i < from + words;
		i = search_set_word(within, i + 1)) {
		uint64_t w = within->bits[i] & chunk_word(c, (uint32_t)(i - from), &at);
		for (; w; w &= w - 1)
			ret[n++] = (uint32_t)(i * 64) + (uint32_t)__builtin_ctzll(w);
	}
	return n;
}

size_t search_docs_within(const struct search_docs *d, const struct search_set *within,
	uint32_t *ret)
{
	size_t n = 0;

	if (!d || !d->n)
		return 0;
	const uint32_t *few = d->cap ? d->few : &d->one;
	for (uint32_t i = 0; !d->chunks_n && i < d->n; i++)
		if (search_set_has(within, few[i]))
			ret[n++] = few[i];
	for (uint32_t i = 0; i < d->chunks_n; i++)
		n += chunk_within(&d->chunks[i], within, ret + n);
	return n;
}

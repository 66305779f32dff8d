/* The words of a dictionary sorted by bytes, in blocks that are split in two when they are full. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "mod/search/index_words.h"

#define KEY_BYTES 8

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

/* Words have no NUL, so that a shorter one comes first. */
uint64_t search_words_order_key(struct str word)
{
	uint64_t key = 0;

	for (size_t i = 0; i < KEY_BYTES; i++)
		key = key << 8 | (i < word.len ? (uint8_t)word.p[i] : 0);
	return key;
}

/* Is the word with this key before text, whose key is given? */
static bool is_before(const struct search_postings *p, uint64_t key, uint32_t word, uint64_t than,
	struct str text)
{
	if (key != than)
		return key < than;
	return str_cmp(search_entry_text(&p->entries[word]), text) < 0;
}

/* The last block whose first word is not behind text, or the first block. */
static uint32_t block_of(const struct search_postings *p, uint64_t key, struct str text)
{
	uint32_t low = 0, n = p->order_n;

	while (n > 1) {
		uint32_t half = n / 2, at = low + half;
		const struct search_block *b = p->blocks[p->order[at]];
		if (p->first[at] < key ||
			(p->first[at] == key &&
				str_cmp(search_entry_text(&p->entries[b->words[0]]), text) <= 0)) {
			low = at;
			n -= half;
		} else {
			n = half;
		}
	}
	return low;
}

static uint32_t place_in(const struct search_postings *p, const struct search_block *b,
	uint64_t key, struct str text)
{
	uint32_t low = 0, n = b->n;

	while (n) {
		uint32_t half = n / 2;
		if (is_before(p, b->keys[low + half], b->words[low + half], key, text)) {
			low += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return low;
}

static void order_insert(struct search_postings *p, uint32_t at, struct search_block *b)
{
	if (p->blocks_n == p->blocks_cap) {
		p->blocks_cap = p->blocks_cap ? p->blocks_cap * 2 : 16;
		p->blocks = must(realloc(p->blocks, p->blocks_cap * sizeof(*p->blocks)));
		p->docs_most = must(realloc(p->docs_most, p->blocks_cap * sizeof(*p->docs_most)));
		p->order = must(realloc(p->order, p->blocks_cap * sizeof(*p->order)));
		p->first = must(realloc(p->first, p->blocks_cap * sizeof(*p->first)));
	}
	p->blocks[p->blocks_n] = b;
	p->docs_most[p->blocks_n] = 0;
	memmove(p->order + at + 1, p->order + at, (p->order_n - at) * sizeof(*p->order));
	memmove(p->first + at + 1, p->first + at, (p->order_n - at) * sizeof(*p->first));
	p->order[at] = p->blocks_n++;
	p->order_n++;
}

/* Sets what follows from a block's words. */
static void block_settle(struct search_postings *p, uint32_t at)
{
	struct search_block *b = p->blocks[p->order[at]];

	p->first[at] = b->keys[0];
	uint32_t *most = &p->docs_most[p->order[at]];
	*most = 0;
	for (uint32_t i = 0; i < b->n; i++) {
		struct search_entry *e = &p->entries[b->words[i]];
		e->block = p->order[at];
		if (*most < e->docs.n)
			*most = e->docs.n;
	}
}

/* Words that come in their order leave the blocks behind them nearly full. */
static void block_split(struct search_postings *p, uint32_t at, uint32_t i)
{
	struct search_block *b = p->blocks[p->order[at]], *upper = must(malloc(sizeof(*upper)));
	uint32_t keep = i == b->n && at + 1 == p->order_n ? b->n - 1 : b->n / 2;

	upper->n = b->n - keep;
	memcpy(upper->keys, b->keys + keep, upper->n * sizeof(*b->keys));
	memcpy(upper->words, b->words + keep, upper->n * sizeof(*b->words));
	b->n = keep;
	order_insert(p, at + 1, upper);
	block_settle(p, at);
	block_settle(p, at + 1);
}

static void block_first(struct search_postings *p)
{
	struct search_block *b = must(malloc(sizeof(*b)));

	b->n = 0;
	order_insert(p, 0, b);
}

void search_words_order_add(struct search_postings *p, uint32_t word)
{
	struct str text = search_entry_text(&p->entries[word]);
	uint64_t key = search_words_order_key(text);

	if (!p->order_n)
		block_first(p);
	uint32_t at = block_of(p, key, text);
	struct search_block *b = p->blocks[p->order[at]];
	uint32_t i = place_in(p, b, key, text);
	if (b->n == SEARCH_BLOCK) {
		block_split(p, at, i);
		search_words_order_add(p, word);
		return;
	}
	memmove(b->keys + i + 1, b->keys + i, (b->n - i) * sizeof(*b->keys));
	memmove(b->words + i + 1, b->words + i, (b->n - i) * sizeof(*b->words));
	b->keys[i] = key;
	b->words[i] = word;
	b->n++;
	p->first[at] = b->keys[0];
	p->entries[word].block = p->order[at];
}

/* --- all at once -------------------------------------------------------------------------------------- */

#define BUILT 112 /* words of a block, so that not each new one splits one */

struct placed {
	uint64_t key;
	uint32_t word;
};

static int by_order(const void *a, const void *b, void *postings)
{
	const struct placed *x = a, *y = b;
	const struct search_postings *p = postings;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return str_cmp(search_entry_text(&p->entries[x->word]),
		search_entry_text(&p->entries[y->word]));
}

static struct placed *in_order(struct search_postings *p, uint32_t *ret_n)
{
	struct placed *words = must(malloc((p->n + 1) * sizeof(*words)));
	uint32_t n = 0;

	for (uint32_t word = 0; word < p->n; word++)
		if (p->entries[word].len)
			words[n++] = (struct placed){
				search_words_order_key(search_entry_text(&p->entries[word])),
				word,
			};
	qsort_r(words, n, sizeof(*words), by_order, p);
	*ret_n = n;
	return words;
}

void search_words_order_build(struct search_postings *p)
{
	uint32_t n;
	struct placed *words = in_order(p, &n);

	assert(!p->order_n);
	for (uint32_t i = 0; i < n; i += BUILT) {
		struct search_block *b = must(malloc(sizeof(*b)));
		b->n = n - i < BUILT ? n - i : BUILT;
		for (uint32_t j = 0; j < b->n; j++) {
			b->keys[j] = words[i + j].key;
			b->words[j] = words[i + j].word;
		}
		order_insert(p, p->order_n, b);
		block_settle(p, p->order_n - 1);
	}
	free(words);
}

/* The last block by number takes the number of the one that goes. */
static void block_free(struct search_postings *p, uint32_t at)
{
	uint32_t number = p->order[at], last = p->blocks_n - 1;

	free(p->blocks[number]);
	p->order_n--;
	memmove(p->order + at, p->order + at + 1, (p->order_n - at) * sizeof(*p->order));
	memmove(p->first + at, p->first + at + 1, (p->order_n - at) * sizeof(*p->first));
	p->blocks[number] = p->blocks[last];
	p->docs_most[number] = p->docs_most[last];
	p->blocks_n--;
	for (uint32_t i = 0; number != last && i < p->order_n; i++)
		if (p->order[i] == last)
			p->order[i] = number;
	for (uint32_t i = 0; number != last && i < p->blocks[number]->n; i++)
		p->entries[p->blocks[number]->words[i]].block = number;
}

void search_words_order_remove(struct search_postings *p, uint32_t word)
{
	struct str text = search_entry_text(&p->entries[word]);
	uint64_t key = search_words_order_key(text);
	uint32_t at = block_of(p, key, text);
	struct search_block *b = p->blocks[p->order[at]];
	uint32_t i = place_in(p, b, key, text);

	assert(i < b->n && b->words[i] == word);
	b->n--;
	memmove(b->keys + i, b->keys + i + 1, (b->n - i) * sizeof(*b->keys));
	memmove(b->words + i, b->words + i + 1, (b->n - i) * sizeof(*b->words));
	if (b->n)
		p->first[at] = b->keys[0];
	else
		block_free(p, at);
}

/* --- for searches ------------------------------------------------------------------------------------ */

static struct search_place normal(const struct search_postings *p, struct search_place at)
{
	if (at.at < p->order_n && at.i == search_place_block(p, at)->n)
		return (struct search_place){at.at + 1, 0};
	return at;
}

struct search_place search_words_order_seek(const struct search_postings *p, struct str text)
{
	uint64_t key = search_words_order_key(text);
	struct search_place at = {0, 0};

	if (!p->order_n)
		return at;
	at.at = block_of(p, key, text);
	at.i = place_in(p, search_place_block(p, at), key, text);
	return normal(p, at);
}

/* By whole texts: words that are alike in more bytes than keys have. */
static struct search_place skip_long(const struct search_postings *p, struct search_place from,
	struct str text, size_t len)
{
	struct str head = str_sub(text, 0, len);

	for (;;) {
		from.i++;
		from = normal(p, from);
		if (from.at == p->order_n)
			return from;
		uint32_t word = search_place_block(p, from)->words[from.i];
		if (!str_starts(search_entry_text(&p->entries[word]), head))
			return from;
	}
}

/* The first of the block's keys from i on that is not less. */
static uint32_t key_at(const struct search_block *b, uint32_t i, uint64_t key)
{
	uint32_t n = b->n - i;

	for (int near = 0; n && near < 8; near++, i++, n--)
		if (b->keys[i] >= key)
			return i;
	while (n) {
		uint32_t half = n / 2;
		if (b->keys[i + half] < key) {
			i += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return i;
}

/* The last block from `at` on whose first key is less; `at` has one. */
static uint32_t block_before(const struct search_postings *p, uint32_t at, uint64_t end)
{
	uint32_t step = 1;

	while (at + step < p->order_n && p->first[at + step] < end) {
		at += step;
		step *= 2;
	}
	for (; step; step /= 2)
		if (at + step < p->order_n && p->first[at + step] < end)
			at += step;
	return at;
}

struct search_place search_words_order_skip(const struct search_postings *p,
	struct search_place from, uint64_t key, struct str text, size_t len)
{
	if (len > KEY_BYTES)
		return skip_long(p, from, text, len);
	uint64_t unit = UINT64_C(1) << (KEY_BYTES - len) * 8, end = (key & ~(unit - 1)) + unit;
	const struct search_block *b = search_place_block(p, from);
	from.i++;
	if (b->keys[b->n - 1] < end) {
		uint32_t at = block_before(p, from.at, end);
		if (at == from.at)
			return (struct search_place){at + 1, 0};
		from = (struct search_place){at, 0};
	}
	from.i = key_at(search_place_block(p, from), from.i, end);
	return normal(p, from);
}

struct search_place search_words_order_next(const struct search_postings *p, struct search_place at)
{
	at.i++;
	return normal(p, at);
}

struct search_place search_words_order_end(const struct search_postings *p,
	struct search_place from, struct str text)
{
	if (from.at == p->order_n)
		return from;
	uint32_t word = search_place_block(p, from)->words[from.i];
	if (!str_starts(search_entry_text(&p->entries[word]), text))
		return from;
	uint64_t key = search_words_order_key(text);
	return search_words_order_skip(p, from, key, text, text.len);
}

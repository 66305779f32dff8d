/* index_words: the words of one field: which there are, in which documents, and in what order they stand there.
 *
 * A dictionary in three ways: by number (entries), by hash (table), and sorted by bytes in blocks (order) for prefixes and near misses.
 * The words of a document in their order are its folded value for most fields; long ones (SEARCH_TEXT), which keep no text, have the
 * words' numbers as varints (index_forward.h).
 *
 * Owner    the index: search_postings_new() to search_postings_free().
 * Failure  memory ends the process. Threads: as the index.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "mod/search/index_docs.h"
#include "mod/search/index_local.h"
#include "mod/search/index_table.h"
#include "mod/search/words.h"

#define SEARCH_INLINE 16
#define SEARCH_BLOCK 128

struct search_entry {
	union {
		char near[SEARCH_INLINE]; /* of at most so many bytes */
		char *far;
	};
	struct search_docs docs;
	uint32_t block;     /* of the order */
	uint16_t signature; /* a bit for each byte that it has */
	uint8_t len;        /* 0: the number is free */
};

/* Words that follow each other in the order. A key is the first eight bytes, so that numbers compare as words do. */
struct search_block {
	uint64_t keys[SEARCH_BLOCK];
	uint32_t words[SEARCH_BLOCK];
	uint32_t n;
};

struct search_postings {
	struct search_entry *entries;
	uint32_t n, cap;
	uint32_t *unused, unused_n, unused_cap; /* numbers */
	struct search_table table;
	struct search_block **blocks; /* by number; NULL: unused */
	uint32_t *docs_most; /* of each block: at least as many as any of its words has documents */
	uint32_t blocks_n, blocks_cap;
	uint32_t *order; /* numbers of blocks, sorted by their words */
	uint64_t *first; /* the first key of each of those */
	uint32_t order_n;
	const struct search_column *column;
	uint8_t **texts; /* SEARCH_TEXT: the words of each document; NULL: others */
	uint32_t docs_cap;
	size_t postings_n, text_bytes, far_bytes;
	bool is_building; /* words have no documents and no order yet: index_words_build.c */
};

struct search_postings *search_postings_new(const struct search_column *c)
	__attribute__((returns_nonnull));
void search_postings_free(struct search_postings *p);
void search_postings_grow(struct search_postings *p, uint32_t from, uint32_t to);

/* The document's folded value was `was` and is now `now`; absent: none. Before the column hears of it. a: of the writer. */
void search_postings_put(struct search_postings *p, struct arena *a, uint32_t doc, struct str was,
	struct str now);
size_t search_postings_bytes(const struct search_postings *p, uint32_t docs_cap); /* about */

/* From here on to search_postings_built() as index_build.h says. */
void search_postings_build(struct search_postings *p);
void search_postings_built(struct search_postings *p, uint32_t docs_n);
uint32_t search_postings_number(struct search_postings *p, struct str word); /* a new one, too */
void search_postings_forget(struct search_postings *p); /* words without documents */

/* Documents whose folded value begins so: of SEARCH_TEXT. */
void search_postings_beginning(const struct search_postings *p, struct str folded,
	struct search_set *to);

static inline struct str search_entry_text(const struct search_entry *e)
{
	return str_from(e->len <= SEARCH_INLINE ? e->near : e->far, e->len);
}

static inline uint16_t search_entry_signature(struct str text)
{
	unsigned bits = 0;

	for (size_t i = 0; i < text.len; i++)
		bits |= 1u << (text.p[i] & 15);
	return (uint16_t)bits;
}

/* --- the order (index_words_order.c) ------------------------------------------------------------------- */

uint64_t search_words_order_key(struct str word);
void search_words_order_add(struct search_postings *p, uint32_t word);
void search_words_order_remove(struct search_postings *p, uint32_t word);
void search_words_order_build(struct search_postings *p); /* all words at once */

/* A place in the order. */
struct search_place {
	uint32_t at, i; /* order[at], its i-th word; at == order_n: the end */
};

/* The first word that is not before text. */
struct search_place search_words_order_seek(const struct search_postings *p, struct str text);
/* The first word behind `from` that does not begin with the first len bytes of the word at `from`. Its key; its text, when len is over 8. */
struct search_place search_words_order_skip(const struct search_postings *p,
	struct search_place from, uint64_t key, struct str text, size_t len);
/* The first word that does not begin with text; from: search_words_order_seek(text). */
struct search_place search_words_order_end(const struct search_postings *p,
	struct search_place from, struct str text);
struct search_place search_words_order_next(const struct search_postings *p,
	struct search_place at);

static inline const struct search_block *search_place_block(const struct search_postings *p,
	struct search_place at)
{
	return p->blocks[p->order[at.at]];
}

/* --- the words of a long text (index_forward.c) -------------------------------------------------------- */

#define SEARCH_VARINT_MAX 5

/* Asks for memory that is read soon: that says where a document's text is, and the text. */
#define SEARCH_SOON 6

static inline void search_postings_prefetch(const struct search_postings *p, uint32_t soon,
	uint32_t later)
{
	const char *text = (const char *)p->texts[soon];

	__builtin_prefetch(&p->texts[later]);
	for (int line = 0; text && line < 3; line++)
		__builtin_prefetch(text + 64 * line);
}

/* Lower bits first; the last byte is the one below 0x80. Returns the bytes. */
size_t search_forward_varint(uint8_t *to, uint32_t n);
uint8_t *search_forward_new(const uint32_t *words, size_t n, size_t *ret_bytes); /* free() */
size_t search_forward_bytes(const uint8_t *forward);                             /* NULL: 0 */

struct search_forward {
	const uint8_t *p, *end;
};

struct search_forward search_forward_read(const uint8_t *forward); /* NULL: none */

static inline bool search_forward_next(struct search_forward *f, uint32_t *ret_word)
{
	uint32_t w = 0;

	if (f->p == f->end)
		return false;
	for (int shift = 0;; shift += 7) {
		uint8_t b = *f->p++;
		w |= (uint32_t)(b & 0x7f) << shift;
		if (b < 0x80)
			break;
	}
	*ret_word = w;
	return true;
}

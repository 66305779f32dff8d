/* index_docs: documents of a word or a value, as they are kept. Not for searches, which have index_local.h.
 *
 * One is in the struct itself, few are an array, more are chunks of 65,536 numbers each: an array of halves, or bits (the idea of
 * roaring bitmaps; see docs/search.md for why not the library).
 *
 * Owner    whoever embeds it: zeroed to search_docs_done().
 * Failure  memory ends the process. Threads: as the index. Units: documents; search_docs_bytes() bytes.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct search_chunk;

struct search_docs {
	uint32_t n;
	uint16_t cap;      /* of few; 0: one */
	uint16_t chunks_n; /* 0: one, or few */
	union {
		uint32_t one;
		uint32_t *few;
		struct search_chunk *chunks;
	};
};

bool search_docs_add(struct search_docs *d, uint32_t doc);    /* false: was there */
bool search_docs_remove(struct search_docs *d, uint32_t doc); /* false: was not */
/* Before search_docs_add(): asks for the memory that it will want. */
static inline void search_docs_prefetch(const struct search_docs *d)
{
	if (d->chunks_n)
		__builtin_prefetch(d->chunks);
	else if (d->cap)
		__builtin_prefetch(&d->few[d->n - 1]);
}

void search_docs_prefetch_end(const struct search_docs *d); /* ... once that is there */

void search_docs_done(struct search_docs *d);
size_t search_docs_bytes(const struct search_docs *d); /* besides the struct */

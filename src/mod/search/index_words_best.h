/* index_words_best: the best words of a look-up: the word itself, then fewer typos, more documents, first by bytes.
 *
 * Owner    the arena. Failure none. Threads none.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mod/search/index_words.h"

struct search_ranked_word {
	uint32_t word, docs;
	uint32_t turn; /* of being offered */
	uint8_t typos;
	bool is_exact;
};

struct search_best {
	const struct search_postings *postings;
	struct arena *arena;
	size_t most;
	bool is_unordered;               /* words are not offered in the order of their bytes */
	struct search_ranked_word *heap; /* the worst one first */
	size_t n, cap;
	uint32_t turn;
};

void search_best_exact(struct search_best *b, uint32_t word); /* the word itself */
void search_best_offer(struct search_best *b, uint32_t word, uint32_t docs, uint8_t typos);

/* Could a word of so many documents still be among them? Words come in their order. */
static inline bool search_best_may(const struct search_best *b, uint32_t docs, uint8_t typos)
{
	if (b->n < b->most)
		return true;
	const struct search_ranked_word *worst = &b->heap[0];
	return !worst->is_exact &&
		(typos < worst->typos || (typos == worst->typos && docs > worst->docs));
}

size_t search_best_take(struct search_best *b, struct search_candidate **ret); /* best first */

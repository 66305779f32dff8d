#include "mod/search/index_words_best.h"

#include "base/arena.h"

static bool is_better(const struct search_best *b, const struct search_ranked_word *x,
	const struct search_ranked_word *y)
{
	if (x->is_exact != y->is_exact)
		return x->is_exact;
	if (x->typos != y->typos)
		return x->typos < y->typos;
	if (x->docs != y->docs)
		return x->docs > y->docs;
	if (!b->is_unordered)
		return x->turn < y->turn;
	return str_cmp(search_postings_word(b->postings, x->word),
		       search_postings_word(b->postings, y->word)) < 0;
}

static void swap(struct search_ranked_word *x, struct search_ranked_word *y)
{
	struct search_ranked_word z = *x;

	*x = *y;
	*y = z;
}

static void sift_down(const struct search_best *b, size_t n)
{
	for (size_t i = 0;;) {
		size_t worst = i;
		for (size_t j = 2 * i + 1; j <= 2 * i + 2 && j < n; j++)
			if (is_better(b, &b->heap[worst], &b->heap[j]))
				worst = j;
		if (worst == i)
			return;
		swap(&b->heap[i], &b->heap[worst]);
		i = worst;
	}
}

static void push(struct search_best *b, struct search_ranked_word w)
{
	size_t i = b->n;

	if (b->n == b->cap) {
		size_t cap = b->cap ? b->cap * 2 : 8;
		b->heap = arena_resize(b->arena, b->heap, b->cap * sizeof(*b->heap),
			cap * sizeof(*b->heap));
		b->cap = cap;
	}
	b->heap[b->n++] = w;
	for (; i && is_better(b, &b->heap[(i - 1) / 2], &b->heap[i]); i = (i - 1) / 2)
		swap(&b->heap[i], &b->heap[(i - 1) / 2]);
}

static void add(struct search_best *b, struct search_ranked_word w)
{
	w.turn = b->turn++;
	if (b->n < b->most) {
		push(b, w);
	} else if (is_better(b, &w, &b->heap[0])) {
		b->heap[0] = w;
		sift_down(b, b->n);
	}
}

void search_best_exact(struct search_best *b, uint32_t word)
{
	add(b, (struct search_ranked_word){.word = word, .is_exact = true});
}

void search_best_offer(struct search_best *b, uint32_t word, uint32_t docs, uint8_t typos)
{
	add(b, (struct search_ranked_word){.word = word, .docs = docs, .typos = typos});
}

size_t search_best_take(struct search_best *b, struct search_candidate **ret)
{
	size_t n = b->n;
	struct search_candidate *c = arena_array(b->arena, n, sizeof(*c));

	while (b->n) {
		struct search_ranked_word w = b->heap[0];
		b->heap[0] = b->heap[--b->n];
		sift_down(b, b->n);
		c[b->n] = (struct search_candidate){w.word, w.typos, w.is_exact};
	}
	*ret = c;
	return n;
}

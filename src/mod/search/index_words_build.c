/* The documents of each word, and the order of words, out of what documents have: their texts' words, or their values.
 *
 * For WINDOW documents at a time the documents of each word are counted, then written next to each other, word by word, then added to the
 * word's list. So a list is touched once for many documents, and they come in their order. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "mod/search/index_words.h"

#define WINDOW 32768

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

void search_postings_build(struct search_postings *p)
{
	assert(!p->n);
	p->is_building = true;
}

/* The words of each value of a column: those of value i are words[from[i]] to words[from[i + 1] - 1]. */
struct values {
	uint32_t *from, *words;
	size_t n, cap;
};

struct turning {
	struct search_postings *p;
	struct values values; /* of short texts */
	uint32_t *ends;       /* of each word: behind its last document in docs */
	uint32_t *docs;
	size_t docs_cap;
};

static void values_add(struct values *v, uint32_t word)
{
	if (v->n == v->cap) {
		v->cap = v->cap ? v->cap + v->cap / 2 : 1024;
		v->words = must(realloc(v->words, v->cap * sizeof(*v->words)));
	}
	v->words[v->n++] = word;
}

static void values_init(struct values *v, struct search_postings *p)
{
	uint32_t n = search_column_values(p->column);

	v->from = must(malloc((n + 1) * sizeof(*v->from)));
	for (uint32_t i = 0; i < n; i++) {
		struct str rest = search_column_text(p->column, i);
		v->from[i] = (uint32_t)v->n;
		while (rest.len)
			values_add(v, search_postings_number(p, str_cut(&rest, ' ')));
	}
	v->from[n] = (uint32_t)v->n;
}

typedef void on_word(struct turning *t, uint32_t word, uint32_t doc);

static inline __attribute__((always_inline)) void each_word(struct turning *t, uint32_t from,
	uint32_t to, on_word *fn)
{
	const struct search_postings *p = t->p;

	for (uint32_t doc = from; doc < to; doc++) {
		uint32_t value = p->column->ids[doc], word;
		if (value == SEARCH_NONE)
			continue;
		if (p->texts) {
			struct search_forward f = search_forward_read(p->texts[doc]);
			while (search_forward_next(&f, &word))
				fn(t, word, doc);
			continue;
		}
		for (uint32_t i = t->values.from[value]; i < t->values.from[value + 1]; i++)
			fn(t, t->values.words[i], doc);
	}
}

static void count(struct turning *t, uint32_t word, uint32_t doc)
{
	(void)doc;
	t->ends[word]++;
}

static void place(struct turning *t, uint32_t word, uint32_t doc)
{
	t->docs[t->ends[word]++] = doc;
}

/* Counts become the places where each word's documents begin. */
static void make_room(struct turning *t)
{
	size_t sum = 0;

	for (uint32_t word = 0; word < t->p->n; word++) {
		uint32_t n = t->ends[word];
		t->ends[word] = (uint32_t)sum;
		sum += n;
	}
	if (sum > t->docs_cap) {
		free(t->docs);
		t->docs = must(malloc(sum * sizeof(*t->docs)));
		t->docs_cap = sum;
	}
}

/* A document may have a word several times. */
static void add_run(struct search_postings *p, uint32_t word, const uint32_t *docs, size_t n)
{
	struct search_docs *to = &p->entries[word].docs;
	uint32_t before = SEARCH_NONE;

	for (size_t i = 0; i < n; i++) {
		if (docs[i] != before)
			p->postings_n += search_docs_add(to, docs[i]);
		before = docs[i];
	}
}

static void turn_window(struct turning *t, uint32_t from, uint32_t to)
{
	memset(t->ends, 0, t->p->n * sizeof(*t->ends));
	each_word(t, from, to, count);
	make_room(t);
	each_word(t, from, to, place);
	for (uint32_t word = 0, at = 0; word < t->p->n; at = t->ends[word++])
		if (t->ends[word] != at)
			add_run(t->p, word, t->docs + at, t->ends[word] - at);
}

void search_postings_built(struct search_postings *p, uint32_t docs_n)
{
	struct turning t = {.p = p};

	assert(p->is_building);
	p->postings_n = 0;
	if (!p->texts)
		values_init(&t.values, p);
	t.ends = must(malloc((p->n + 1) * sizeof(*t.ends)));
	for (uint32_t from = 0; from < docs_n; from += WINDOW)
		turn_window(&t, from, docs_n - from < WINDOW ? docs_n : from + WINDOW);
	free(t.values.from);
	free(t.values.words);
	free(t.ends);
	free(t.docs);
	p->is_building = false;
	search_postings_forget(p);
	search_words_order_build(p);
}

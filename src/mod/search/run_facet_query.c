#include <stdlib.h>

#include "base/arena.h"
#include "mod/search/run_facet.h"
#include "mod/search/words.h"

#define CANDIDATES 10000

/* The words that one of facet_query's stands for, sorted. */
struct meant {
	struct str *words;
	size_t n;
};

static int characters(struct str text)
{
	int n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += ((unsigned char)text.p[i] & 0xc0) != 0x80;
	return n;
}

static int typos_for(const struct search_query *q, struct str word, int most)
{
	int n = characters(word);

	if (n < q->min_len_1typo)
		return 0;
	return n < q->min_len_2typo && most > 1 ? 1 : most;
}

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static struct meant meant_by(struct search_run *r, int field, struct str word, int typos,
	bool is_prefix)
{
	const struct search_postings *p = r->ix->postings[field];
	struct search_candidate *c;
	size_t n = search_postings_find(p, r->arena, word, typos_for(r->q, word, typos), is_prefix,
		CANDIDATES, &c);
	struct meant m = {.words = arena_array(r->arena, n, sizeof(*m.words)), .n = n};

	for (size_t i = 0; i < n; i++)
		m.words[i] = search_postings_word(p, c[i].word);
	qsort(m.words, n, sizeof(*m.words), by_text);
	return m;
}

static bool is_meant(struct str value, const struct meant *m)
{
	for (struct str rest = value; rest.p;) {
		struct str word = str_cut(&rest, ' ');
		if (m->n && bsearch(&word, m->words, m->n, sizeof(word), by_text))
			return true;
	}
	return false;
}

static struct search_tallies with_typos(struct search_run *r, const struct search_facet *f,
	const struct search_tallies *t, const struct search_word *words, size_t n, int typos)
{
	const struct search_column *c = &r->ix->columns[f->field];
	struct search_tallies some = {.v = arena_alloc(r->arena, t->n * sizeof(*some.v))};
	struct meant *all = arena_array(r->arena, n, sizeof(*all));

	for (size_t i = 0; i < n; i++)
		all[i] = meant_by(r, f->field, words[i].text, typos, i + 1 == n);
	for (size_t i = 0; i < t->n; i++) {
		struct str value = search_column_text(c, (uint32_t)t->v[i].key);
		size_t j = 0;
		while (j < n && is_meant(value, &all[j]))
			j++;
		if (j == n)
			some.v[some.n++] = t->v[i];
	}
	return some;
}

static struct search_tallies of_numbers(struct search_run *r, const struct search_tallies *t,
	struct str text)
{
	struct search_tallies some = {.v = arena_alloc(r->arena, t->n * sizeof(*some.v))};

	for (size_t i = 0; i < t->n; i++)
		if (str_starts(search_number_text(r->arena, search_number_of_key(t->v[i].key)),
			    text))
			some.v[some.n++] = t->v[i];
	return some;
}

void search_facet_query(struct search_run *r, const struct search_facet *f,
	struct search_tallies *t)
{
	struct str text = str_trim(r->q->facet_query);
	struct search_word *words;

	if (f->field != r->q->facet_query_field || f->ranges_n || !text.len)
		return;
	if (r->ix->columns[f->field].type != SEARCH_STRING) {
		*t = of_numbers(r, t, text);
		return;
	}
	size_t n = search_words(r->arena, text, SEARCH_WORDS_MAX, &words);
	struct search_tallies some = {0};
	/* As with q: typos are looked for when there is nothing without them. */
	for (int typos = 0; typos <= r->q->facet_query_num_typos && !some.n && n; typos++)
		some = with_typos(r, f, t, words, n, typos);
	*t = some;
}

/* What a term may stand for; terms joined and split. */
#include <string.h>

#include "base/arena.h"
#include "mod/search/run_local.h"
#include "mod/search/run_text.h"
#include "mod/search/words.h"

static int characters(struct str s)
{
	int n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

int search_text_typos(const struct search_text *t, const struct search_want *w, size_t by,
	int level)
{
	if (w->is_phrase)
		return 0;
	int n = characters(w->words[0]);
	int by_length = n < t->q->min_len_1typo ? 0 : n < t->q->min_len_2typo ? 1 : 2;
	return least(level, least(t->q->by[by].num_typos, by_length));
}

static const struct search_postings *postings_of(const struct search_text *t, size_t by)
{
	return t->run->ix->postings[t->q->by[by].field];
}

/* Adds the words that hold the term to the others. */
static void add_infix(struct search_text *t, const struct search_want *w, size_t by,
	struct search_choice *c)
{
	struct search_candidate *more;
	size_t n = search_postings_infix(postings_of(t, by), t->run->arena, w->words[0],
		t->q->max_candidates, &more);
	struct search_candidate *all = arena_array(t->run->arena, c->n + n, sizeof(*all));
	size_t all_n = c->n;

	if (c->n)
		memcpy(all, c->words, c->n * sizeof(*all));
	for (size_t i = 0; i < n; i++) {
		bool is_there = false;
		for (size_t j = 0; j < c->n && !is_there; j++)
			is_there = c->words[j].word == more[i].word;
		if (!is_there) {
			all[all_n] = more[i];
			all[all_n++].typos = SEARCH_INFIX_TYPOS;
		}
	}
	c->words = all;
	c->n = all_n;
}

const struct search_choice *search_text_choice(struct search_text *t, const struct search_stage *s,
	const struct search_want *w, size_t by)
{
	const struct search_by *f = &t->q->by[by];
	int typos = search_text_typos(t, w, by, s->level);
	bool has_infix = f->infix == SEARCH_INFIX_ALWAYS ||
		(s->is_infix && f->infix == SEARCH_INFIX_FALLBACK);
	size_t place = s->is_infix ? SEARCH_LEVELS : (size_t)typos;
	struct search_choice *c = &t->choices[w - t->wants][by][place];

	if (!c->is_known) {
		c->is_known = true;
		c->n = search_postings_find(postings_of(t, by), t->run->arena, w->words[0], typos,
			w->is_last && f->prefix, t->q->max_candidates, &c->words);
		if (has_infix)
			add_infix(t, w, by, c);
	}
	return c;
}

void search_text_phrase(struct search_text *t, const struct search_want *w, size_t by,
	const struct search_set *within, struct search_set *to)
{
	search_postings_phrase_within(postings_of(t, by), t->run->arena, w->words, w->n, false,
		within, to);
}

/* --- joined and split -------------------------------------------------------------------------------- */

/* All wants but those from `at` on, `n` of them, in whose place w stands. */
static void stage_with(struct search_text *t, size_t at, size_t n, const struct search_want *w)
{
	struct search_stage s = {0};

	for (size_t i = 0; i < t->wants_n; i++) {
		if (i == at)
			s.wants[s.n++] = w;
		if (i < at || i >= at + n)
			s.wants[s.n++] = &t->wants[i];
	}
	search_text_stage(t, &s);
}

static bool is_known(const struct search_text *t, struct str word)
{
	for (size_t by = 0; by < t->q->by_n; by++)
		if (search_postings_word_of(postings_of(t, by), word) != SEARCH_NONE)
			return true;
	return false;
}

static void join(struct search_text *t, size_t at)
{
	const struct search_want *a = &t->wants[at], *b = &t->wants[at + 1];

	if (a->is_phrase || b->is_phrase)
		return;
	struct str word = STR_JOIN(t->run->arena, a->words[0], b->words[0]);
	struct search_want w = {
		.words = &word,
		.n = 1,
		.is_phrase = true,
		.term = a->term,
		.other_term = b->term,
	};
	if (is_known(t, word))
		stage_with(t, at, 2, &w);
}

static void split(struct search_text *t, size_t at)
{
	const struct search_want *whole = &t->wants[at];
	struct str text = whole->words[0], parts[2];
	struct search_want w = {
		.words = parts,
		.n = 2,
		.is_phrase = true,
		.term = whole->term,
		.other_term = -1,
	};

	for (size_t i = 1; i < text.len && !whole->is_phrase; i++) {
		parts[0] = str_sub(text, 0, i);
		parts[1] = str_sub(text, i, text.len);
		if (((unsigned char)text.p[i] & 0xc0) != 0x80 && is_known(t, parts[0]) &&
			is_known(t, parts[1]))
			stage_with(t, at, 1, &w);
	}
}

void search_text_split_join(struct search_text *t)
{
	for (size_t i = 0; i + 1 < t->wants_n && !search_run_is_over(t->run); i++)
		join(t, i);
	for (size_t i = 0; i < t->wants_n && !search_run_is_over(t->run); i++)
		split(t, i);
}

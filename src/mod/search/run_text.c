#include "mod/search/run_text.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/map.h"
#include "mod/search/run_local.h"
#include "mod/search/words.h"

bool search_text_is_address(const struct search_text *t, size_t by)
{
	return t->q->who == SEARCH_PUBLIC &&
		search_fields[t->q->by[by].field].flags & SEARCH_ADDRESS;
}

static const struct search_postings *postings_of(const struct search_text *t, size_t by)
{
	return t->run->ix->postings[t->q->by[by].field];
}

/* --- stages ------------------------------------------------------------------------------------------ */

static void add_field(struct search_text *t, const struct search_stage *s,
	const struct search_want *w, size_t by, const struct search_set *within,
	struct search_set *to)
{
	if (w->is_phrase) {
		search_text_phrase(t, w, by, within, to);
		return;
	}
	const struct search_choice *c = search_text_choice(t, s, w, by);
	for (size_t i = 0; i < c->n; i++)
		search_set_add_docs_within(to,
			search_postings_docs(postings_of(t, by), c->words[i].word), within);
}

/* Leaves in *among the documents that have the term in any field. */
static void narrow(struct search_text *t, const struct search_stage *s, const struct search_want *w,
	struct search_set *among)
{
	bool has_address = false;

	search_set_clear(&t->term);
	search_set_clear(&t->address);
	for (size_t by = 0; by < t->q->by_n && !search_run_is_over(t->run); by++) {
		bool is_address = search_text_is_address(t, by);
		has_address |= is_address;
		add_field(t, s, w, by, among, is_address ? &t->address : &t->term);
	}
	if (has_address) {
		search_set_and(&t->address, &t->run->address);
		search_set_or(&t->term, &t->address);
	}
	search_set_and(among, &t->term);
}

static struct search_found *room_for(struct search_text *t, size_t n)
{
	if (!t->found || t->found_cap - t->found_n < n) {
		size_t cap = t->found_n + n;
		t->found = arena_resize(t->run->arena, t->found, t->found_cap * sizeof(*t->found),
			cap * sizeof(*t->found));
		t->found_cap = cap;
	}
	return t->found + t->found_n;
}

/* What the terms stood for, for highlights. */
static void remember(struct search_text *t, const struct search_want *w, struct str word)
{
	const int terms[] = {w->term, w->other_term};

	for (int i = 0; i < 2; i++) {
		if (terms[i] < 0)
			continue;
		struct map **m = &t->matched[terms[i]];
		if (!*m)
			*m = map_new(t->run->arena, 0);
		map_put(*m, word, *m);
	}
}

static void remember_stage(struct search_text *t, const struct search_stage *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct search_want *w = s->wants[i];
		for (size_t j = 0; w->is_phrase && j < w->n; j++)
			remember(t, w, w->words[j]);
		for (size_t by = 0; !w->is_phrase && by < t->q->by_n; by++) {
			const struct search_choice *c = search_text_choice(t, s, w, by);
			for (size_t j = 0; j < c->n; j++)
				remember(t, w,
					search_postings_word(postings_of(t, by), c->words[j].word));
		}
	}
}

static void list(const struct search_set *s, struct search_found *ret)
{
	SEARCH_EACH_WORD (s, i)
		for (uint64_t w = s->bits[i]; w; w &= w - 1)
			*ret++ = (struct search_found){
				.doc = (uint32_t)(64 * i) + (uint32_t)__builtin_ctzll(w)};
}

void search_text_stage(struct search_text *t, const struct search_stage *s)
{
	struct search_set among = search_run_take_set(t->run);

	search_set_copy(&among, &t->left);
	for (size_t i = 0; i < s->n && !search_set_is_empty(&among); i++)
		narrow(t, s, s->wants[i], &among);
	search_filter_rest(t->run, &among);
	uint32_t n = search_set_count(&among);
	if (n) {
		struct search_found *docs = room_for(t, n);
		list(&among, docs);
		search_text_score(t, s, &among, docs, n);
		t->found_n += n;
		search_set_minus(&t->left, &among);
		remember_stage(t, s);
	}
	search_run_give_set(t->run, among);
}

/* The whole filter, before what costs more than it does: phrases, and stages that find little or nothing. */
static void settle(struct search_text *t)
{
	search_filter_rest(t->run, &t->left);
	t->run->rest_n = 0;
}

/* Does a higher level allow anything more? */
static bool is_level_new(const struct search_text *t, const struct search_stage *s)
{
	for (size_t i = 0; i < s->n; i++)
		for (size_t by = 0; by < t->q->by_n; by++)
			if (search_text_typos(t, s->wants[i], by, s->level) >
				search_text_typos(t, s->wants[i], by, s->level - 1))
				return true;
	return false;
}

static bool is_wanted(const struct search_text *t, size_t threshold)
{
	return (t->q->is_exhaustive || t->found_n < threshold) && !search_run_is_over(t->run);
}

static void levels(struct search_text *t, struct search_stage *s)
{
	for (s->level = 0; s->level < SEARCH_LEVELS; s->level++) {
		if (s->level && !is_wanted(t, t->q->typo_tokens_threshold))
			return;
		if (s->level && !is_level_new(t, s))
			continue;
		if (s->level)
			settle(t);
		search_text_stage(t, s);
	}
}

/* --- terms that are dropped -------------------------------------------------------------------------- */

static size_t plain_terms(const struct search_stage *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += !s->wants[i]->is_phrase;
	return n;
}

static void drop_one(struct search_stage *s, bool from_left)
{
	size_t at = from_left ? 0 : s->n - 1;

	while (s->wants[at]->is_phrase)
		at = from_left ? at + 1 : at - 1;
	s->n--;
	for (size_t i = at; i < s->n; i++)
		s->wants[i] = s->wants[i + 1];
}

static void drops(struct search_text *t, struct search_stage *s)
{
	bool is_left = t->q->drop_mode == SEARCH_DROP_LEFT;

	while (plain_terms(s) > 1 && is_wanted(t, t->q->drop_tokens_threshold)) {
		settle(t);
		drop_one(s, is_left);
		if (t->q->drop_mode == SEARCH_DROP_BOTH)
			is_left = !is_left;
		levels(t, s);
	}
}

static bool has_fallback(const struct search_query *q)
{
	for (size_t i = 0; i < q->by_n; i++)
		if (q->by[i].infix == SEARCH_INFIX_FALLBACK)
			return true;
	return false;
}

static struct search_stage all_wants(const struct search_text *t)
{
	struct search_stage s = {.n = t->wants_n};

	for (size_t i = 0; i < t->wants_n; i++)
		s.wants[i] = &t->wants[i];
	return s;
}

static void stages(struct search_text *t)
{
	struct search_stage s = all_wants(t);

	for (size_t i = 0; i < t->wants_n; i++)
		if (t->wants[i].is_phrase)
			settle(t);
	levels(t, &s);
	if (!t->found_n && t->q->split_join && !search_run_is_over(t->run)) {
		settle(t);
		search_text_split_join(t);
	}
	drops(t, &s);
	if (!t->found_n && has_fallback(t->q) && !search_run_is_over(t->run)) {
		settle(t);
		s = all_wants(t);
		s.is_infix = true;
		search_text_stage(t, &s);
	}
}

/* --- the whole ---------------------------------------------------------------------------------------- */

static struct search_want want_of(struct search_text *t, const struct search_term *term, int number)
{
	struct str *words = arena_array(t->run->arena, term->n, sizeof(*words));

	for (size_t i = 0; i < term->n; i++)
		words[i] = term->words[i].text;
	return (struct search_want){
		.words = words,
		.n = term->n,
		.is_phrase = term->is_phrase || term->n != 1,
		.term = number,
		.other_term = -1,
	};
}

/* Takes the documents that have it out of those that may be found. */
static void exclude(struct search_text *t, const struct search_term *term)
{
	struct search_want w = want_of(t, term, -1);
	struct search_set without = search_run_take_set(t->run);

	w.is_phrase = true;
	if (w.n > 1)
		settle(t);
	search_set_copy(&without, &t->left);
	narrow(t, NULL, &w, &without);
	search_set_minus(&t->left, &without);
	search_run_give_set(t->run, without);
}

static void read_terms(struct search_text *t)
{
	for (size_t i = 0; i < t->q->terms_n; i++) {
		const struct search_term *term = &t->q->terms[i];
		if (!term->n)
			continue;
		if (term->is_excluded)
			exclude(t, term);
		else if (!t->q->is_all)
			t->wants[t->wants_n++] = want_of(t, term, (int)i);
	}
	if (t->wants_n)
		t->wants[t->wants_n - 1].is_last = true;
}

static void find_all(struct search_text *t)
{
	settle(t);
	uint32_t n = search_set_count(&t->left);
	list(&t->left, room_for(t, n));
	t->found_n = n;
}

static int by_document(const void *a, const void *b)
{
	const struct search_found *x = a, *y = b;

	return x->doc < y->doc ? -1 : x->doc > y->doc;
}

static bool is_sorted(const struct search_text *t)
{
	for (size_t i = 1; i < t->found_n; i++)
		if (t->found[i - 1].doc > t->found[i].doc)
			return false;
	return true;
}

/* Copies: the index may change as soon as the search is over, and the words are looked at after that. */
static void give_matched(const struct search_text *t, struct search_matched *matched)
{
	for (size_t i = 0; i < t->q->terms_n; i++) {
		size_t n = t->matched[i] ? map_len(t->matched[i]) : 0;
		matched[i].words = arena_array(t->run->arena, n, sizeof(struct str));
		matched[i].n = n;
		for (size_t j = 0; j < n; j++)
			matched[i].words[j] = str_copy(t->run->arena, map_key_at(t->matched[i], j));
	}
}

struct search_found *search_text_run(struct search_run *r, const struct search_set *among,
	size_t *ret_n, struct search_matched *matched)
{
	struct search_text *t = ARENA_NEW(r->arena, struct search_text);

	t->run = r;
	t->q = r->q;
	t->left = search_run_take_set(r);
	t->term = search_run_take_set(r);
	t->address = search_run_take_set(r);
	search_set_copy(&t->left, among);
	read_terms(t);
	if (t->wants_n)
		stages(t);
	else
		find_all(t);
	if (!is_sorted(t))
		qsort(t->found, t->found_n, sizeof(*t->found), by_document);
	give_matched(t, matched);
	search_run_give_set(r, t->left);
	search_run_give_set(r, t->term);
	search_run_give_set(r, t->address);
	*ret_n = t->found_n;
	return t->found;
}

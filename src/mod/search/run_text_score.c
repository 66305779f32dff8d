/* How well a document matches.
 *
 * The score of a field, 27 bits: 5 words of q that it has, 6 fewer typos, 1 it is q and nothing else, 7 proximity, 8 position. The score
 * of a document (see docs/search.md) is below 2^53, so that it is exact where numbers are doubles. */
#include <string.h>

#include "base/arena.h"
#include "mod/search/index_words.h"
#include "mod/search/run_local.h"
#include "mod/search/run_text.h"

#define NOT_THERE UINT8_MAX
#define WORDS_MAX 31
#define TYPOS_MAX 63
#define GAP_MAX 127
#define FIRST_MAX 255
#define FIELDS_MAX 15
#define RANKS_WORTH 1024 /* documents for which a table of ranks is worth it */

#define FIELD_BITS 27
#define WEIGHT_BITS 7
#define SUM_BITS 38
#define FIELDS_BITS 4

struct scoring {
	struct search_text *t;
	const struct search_stage *stage;
	const struct search_set *within,
		*seen; /* seen: of those, where this field may be looked at */
	struct search_set with_address;
	struct search_found *docs;
	size_t n;
	uint32_t *before;  /* per 64 documents of the set: how many are before; NULL: too few */
	uint8_t *typos;    /* per document and want: in this field; NOT_THERE */
	uint8_t *fewest;   /* ... in any field */
	uint32_t *hits;    /* documents of a word */
	uint32_t *touched; /* of this field, by rank */
	size_t touched_n;
	size_t last; /* rank that was found last */
	bool with_near;
	struct str joined; /* the stage's words */
};

static size_t rank_of(const struct scoring *s, uint32_t doc)
{
	if (s->before) {
		uint64_t w = s->within->bits[doc / 64] & ((UINT64_C(1) << doc % 64) - 1);
		return s->before[doc / 64] + search_set_ones(w);
	}
	size_t low = 0, n = s->n;
	while (n > 1) {
		size_t half = n / 2;
		if (s->docs[low + half].doc <= doc) {
			low += half;
			n -= half;
		} else {
			n = half;
		}
	}
	return low;
}

static void rank_all(struct scoring *s)
{
	uint32_t n = 0;

	if (s->n < RANKS_WORTH)
		return;
	s->before =
		arena_alloc(s->t->run->arena, search_set_words(s->within->n) * sizeof(*s->before));
	SEARCH_EACH_WORD (s->within, i) {
		s->before[i] = n;
		n += search_set_ones(s->within->bits[i]);
	}
}

/* --- a field ----------------------------------------------------------------------------------------- */

static void touch(struct scoring *s, uint32_t doc, size_t want, uint8_t typos)
{
	/* They come in order, often one after the other. */
	size_t next = s->last + 1, n = s->stage->n;
	size_t rank = next < s->n && s->docs[next].doc == doc ? next : rank_of(s, doc);
	uint8_t *row = s->typos + rank * n;

	s->last = rank;

	if (row[want] != NOT_THERE) {
		if (typos < row[want])
			row[want] = typos;
		return;
	}
	bool is_first = true;
	for (size_t i = 0; i < n; i++)
		is_first &= row[i] == NOT_THERE;
	if (is_first)
		s->touched[s->touched_n++] = (uint32_t)rank;
	row[want] = typos;
}

static void look_phrase(struct scoring *s, size_t want, size_t by)
{
	struct search_set to = search_run_take_set(s->t->run);

	search_text_phrase(s->t, s->stage->wants[want], by, s->seen, &to);
	search_set_and(&to, s->seen);
	for (uint32_t doc = 0; (doc = search_set_next(&to, doc)) != SEARCH_NONE; doc++)
		touch(s, doc, want, 0);
	search_run_give_set(s->t->run, to);
}

static void look_word(struct scoring *s, size_t want, size_t by)
{
	const struct search_want *w = s->stage->wants[want];
	const struct search_choice *c = search_text_choice(s->t, s->stage, w, by);
	const struct search_postings *p = s->t->run->ix->postings[s->t->q->by[by].field];

	for (size_t i = 0; i < c->n; i++) {
		const struct search_docs *docs = search_postings_docs(p, c->words[i].word);
		size_t n = search_docs_within(docs, s->seen, s->hits);
		for (size_t j = 0; j < n; j++)
			touch(s, s->hits[j], want, (uint8_t)c->words[i].typos);
	}
}

/* How much of the stage a field of a document has. */
struct share {
	unsigned words, typos, plain; /* plain: terms that are words */
	uint32_t wants;               /* ... a bit each */
};

static struct share share_of(const struct scoring *s, size_t rank)
{
	size_t n = s->stage->n;
	const uint8_t *row = s->typos + rank * n;
	uint8_t *fewest = s->fewest + rank * n;
	struct share sh = {0};

	for (size_t i = 0; i < n; i++) {
		if (row[i] == NOT_THERE)
			continue;
		const struct search_want *w = s->stage->wants[i];
		sh.words += (unsigned)w->n;
		sh.typos += row[i];
		if (!w->is_phrase) {
			sh.plain++;
			sh.wants |= UINT32_C(1) << i;
		}
		if (row[i] < fewest[i])
			fewest[i] = row[i];
	}
	return sh;
}

static unsigned at_most(unsigned n, unsigned most)
{
	return n < most ? n : most;
}

static uint64_t field_score(struct scoring *s, struct share sh, struct search_near near,
	bool is_whole)
{
	uint64_t score = at_most(sh.words, WORDS_MAX);

	score = score << 6 | (TYPOS_MAX - at_most(sh.typos, TYPOS_MAX));
	score = score << 1 | is_whole;
	score = score << 7 | (GAP_MAX - at_most(near.gap, GAP_MAX));
	return score << 8 |
		(s->t->q->prioritize_token_position ? FIRST_MAX - at_most(near.first, FIRST_MAX)
						    : 0);
}

static void add_field(struct search_found *f, uint64_t score, unsigned weight,
	enum search_score how)
{
	bool is_better = score > f->best_field_score ||
		(score == f->best_field_score && weight > f->best_weight);

	if (how == SEARCH_MAX_WEIGHT)
		is_better = weight > f->best_weight ||
			(weight == f->best_weight && score > f->best_field_score);
	f->score += score * weight;
	f->fields_matched++;
	if (!is_better)
		return;
	f->best_field_score = score;
	f->best_weight = (uint8_t)weight;
}

/* Reading texts for their proximity is mostly waiting for memory. */
static void prefetch(const struct scoring *s, const struct search_postings *p, size_t i)
{
	if (p->texts && i + 2 * SEARCH_SOON < s->touched_n)
		search_postings_prefetch(p, s->docs[s->touched[i + SEARCH_SOON]].doc,
			s->docs[s->touched[i + 2 * SEARCH_SOON]].doc);
}

static void look_field(struct scoring *s, size_t by)
{
	const struct search_query *q = s->t->q;
	const struct search_column *c = &s->t->run->ix->columns[q->by[by].field];
	struct search_near_table *near_table = NULL;

	s->touched_n = 0;
	for (size_t i = 0; i < s->stage->n; i++) {
		if (s->stage->wants[i]->is_phrase)
			look_phrase(s, i, by);
		else
			look_word(s, i, by);
	}
	uint32_t whole =
		q->prioritize_exact_match ? search_column_value(c, s->joined) : SEARCH_NONE;
	for (size_t i = 0; i < s->touched_n; i++) {
		size_t rank = s->touched[i];
		struct search_found *f = &s->docs[rank];
		struct share sh = share_of(s, rank);
		struct search_near near = {.first = FIRST_MAX};
		if (s->with_near)
			prefetch(s, s->t->run->ix->postings[q->by[by].field], i);
		if (s->with_near && sh.plain && (sh.plain > 1 || q->prioritize_token_position)) {
			if (!near_table)
				near_table = search_near_table_new(s->t, s->stage, by);
			near = search_near_look(s->t, near_table, by, f->doc, sh.wants);
		}
		bool is_whole = whole != SEARCH_NONE && c->ids[f->doc] == whole;
		add_field(f, field_score(s, sh, near, is_whole), (unsigned)q->by[by].weight,
			q->score);
		memset(s->typos + rank * s->stage->n, NOT_THERE, s->stage->n);
	}
}

/* --- the document ------------------------------------------------------------------------------------ */

static uint64_t total(const struct search_query *q, const struct search_found *f)
{
	uint64_t score = (uint64_t)f->words_matched << 6 | (TYPOS_MAX - f->typos);

	if (q->score == SEARCH_MAX_SCORE)
		score = (score << FIELD_BITS | f->best_field_score) << WEIGHT_BITS | f->best_weight;
	else if (q->score == SEARCH_MAX_WEIGHT)
		score = (score << WEIGHT_BITS | f->best_weight) << FIELD_BITS | f->best_field_score;
	else
		score = score << SUM_BITS | f->score;
	return score << FIELDS_BITS |
		(q->prioritize_num_matching_fields ? at_most(f->fields_matched, FIELDS_MAX) : 0);
}

static void finish(struct scoring *s)
{
	size_t n = s->stage->n;
	unsigned words = 0;

	for (size_t i = 0; i < n; i++)
		words += (unsigned)s->stage->wants[i]->n;
	for (size_t i = 0; i < s->n; i++) {
		struct search_found *f = &s->docs[i];
		unsigned typos = 0;
		for (size_t j = 0; j < n; j++)
			typos += s->fewest[i * n + j] == NOT_THERE ? 0 : s->fewest[i * n + j];
		f->words_matched = (uint8_t)at_most(words, WORDS_MAX);
		f->typos = (uint8_t)at_most(typos, TYPOS_MAX);
		f->score = total(s->t->q, f);
	}
}

static bool is_by_text_match(const struct search_query *q)
{
	for (size_t i = 0; i < q->sorts_n; i++)
		if (q->sorts[i].key == SEARCH_BY_TEXT_MATCH)
			return true;
	return !q->sorts_n;
}

static struct str join_words(struct arena *a, const struct search_stage *stage)
{
	struct str all = STR_NULL;

	for (size_t i = 0; i < stage->n; i++)
		for (size_t j = 0; j < stage->wants[i]->n; j++)
			all = all.p ? STR_JOIN(a, all, STR(" "), stage->wants[i]->words[j])
				    : stage->wants[i]->words[j];
	return all;
}

void search_text_score(struct search_text *t, const struct search_stage *stage,
	const struct search_set *within, struct search_found *docs, size_t n)
{
	struct arena *a = t->run->arena;
	struct scoring s = {
		.t = t,
		.stage = stage,
		.within = within,
		.docs = docs,
		.n = n,
		.typos = arena_alloc(a, n * stage->n),
		.fewest = arena_alloc(a, n * stage->n),
		.hits = arena_alloc(a, n * sizeof(uint32_t)),
		.touched = arena_alloc(a, n * sizeof(uint32_t)),
		.with_near = n <= SEARCH_NEAR_MAX && is_by_text_match(t->q),
		.joined = join_words(a, stage),
		.with_address = search_run_take_set(t->run),
	};

	memset(s.typos, NOT_THERE, n * stage->n);
	memset(s.fewest, NOT_THERE, n * stage->n);
	rank_all(&s);
	search_set_copy(&s.with_address, within);
	search_set_and(&s.with_address, &t->run->address);
	for (size_t by = 0; by < t->q->by_n && !search_run_is_over(t->run); by++) {
		s.seen = search_text_is_address(t, by) ? &s.with_address : within;
		look_field(&s, by);
	}
	finish(&s);
	search_run_give_set(t->run, s.with_address);
}

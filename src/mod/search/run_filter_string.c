#include <string.h>

#include "base/arena.h"
#include "mod/search/run_filter.h"
#include "mod/search/words.h"

#define FEW_VALUES 2000 /* all are read to find those that hold some words */
#define SCAN_COST \
	8 /* steps through documents of values for each document that is looked at by itself */

/* Values of a column that are wanted: their ids, and a bit for each. */
struct wanted {
	uint32_t *ids;
	size_t n, room;
	uint64_t *bits; /* made when it is needed */
	uint32_t values;
};

static void want(struct search_run *r, struct wanted *w, uint32_t value)
{
	if (w->n == w->room) {
		size_t room = w->room ? 2 * w->room : 16;
		w->ids = arena_resize(r->arena, w->ids, w->room * sizeof(*w->ids),
			room * sizeof(*w->ids));
		w->room = room;
	}
	w->ids[w->n++] = value;
}

/* The words of text stand in value (both are words with one space between) next to each other. */
static bool has_phrase(struct str value, struct str text, bool is_prefix)
{
	for (size_t from = 0; from + text.len <= value.len;) {
		const char *at = memmem(value.p + from, value.len - from, text.p, text.len);
		if (!at)
			return false;
		size_t i = (size_t)(at - value.p), end = i + text.len;
		if ((!i || value.p[i - 1] == ' ') &&
			(is_prefix || end == value.len || value.p[end] == ' '))
			return true;
		from = i + 1;
	}
	return false;
}

static bool is_value(const struct search_operand *o, struct str value, struct str text)
{
	if (o->test == SEARCH_HAS)
		return text.len && has_phrase(value, text, o->is_prefix);
	return str_starts(value, text) && (o->is_prefix || value.len == text.len);
}

static void add_phrase(struct search_run *r, const struct search_filter *f,
	const struct search_operand *o, struct search_set *to)
{
	struct str *words = arena_array(r->arena, o->words_n, sizeof(*words));

	for (size_t i = 0; i < o->words_n; i++)
		words[i] = o->words[i].text;
	search_postings_phrase(r->ix->postings[f->field], r->arena, words, o->words_n, o->is_prefix,
		to);
}

/* Those of s that have any value. */
static void add_all(const struct search_column *c, const struct search_set *s,
	struct search_set *to)
{
	for (uint32_t d = search_set_next(s, 0); d != SEARCH_NONE; d = search_set_next(s, d + 1))
		if (!c->ids || c->ids[d] != SEARCH_NONE)
			search_set_add(to, d);
}

static bool is_simple(const struct search_operand *o)
{
	return o->test == SEARCH_EQUAL && !o->is_prefix;
}

/* Texts of values are there to be compared, one by one. */
static bool has_texts(const struct search_column *c)
{
	return c->ids && !(c->flags & SEARCH_TEXT);
}

/* Adds the values that an operand stands for. False: that is not to be said by values. */
static bool want_values(struct search_run *r, const struct search_filter *f,
	const struct search_operand *o, struct wanted *w)
{
	const struct search_column *c = &r->ix->columns[f->field];
	struct str text = search_words_joined(r->arena, o->text);

	if (!has_texts(c) || (!text.len && o->is_prefix))
		return false;
	if (is_simple(o)) {
		uint32_t value = search_column_value(c, text);
		if (value != SEARCH_NONE)
			want(r, w, value);
		return true;
	}
	if (w->values > FEW_VALUES)
		return false;
	for (uint32_t i = 0; i < w->values; i++)
		if (is_value(o, search_column_text(c, i), text))
			want(r, w, i);
	return true;
}

/* Few documents, many values: their beginnings are read one by one. */
static void add_beginnings(const struct search_column *c, struct str text,
	const struct search_set *s, struct search_set *to)
{
	for (uint32_t d = search_set_next(s, 0); d != SEARCH_NONE; d = search_set_next(s, d + 1))
		if (c->ids[d] != SEARCH_NONE && str_starts(search_column_text(c, c->ids[d]), text))
			search_set_add(to, d);
}

static void add_documents(struct search_run *r, const struct search_filter *f,
	const struct search_operand *o, const struct search_set *s, struct search_set *to)
{
	const struct search_column *c = &r->ix->columns[f->field];
	struct str text = search_words_joined(r->arena, o->text);

	if (!text.len && o->is_prefix)
		add_all(c, s, to);
	else if (o->test == SEARCH_EQUAL && has_texts(c) &&
		search_set_count(s) < search_column_values(c))
		add_beginnings(c, text, s, to);
	else if (o->test == SEARCH_EQUAL || !r->ix->postings[f->field])
		search_column_equal(r->ix, f->field, text, o->is_prefix, to);
	else if (text.len)
		add_phrase(r, f, o, to);
}

static uint64_t compare_one(const uint32_t *ids, uint32_t value)
{
	uint8_t is_true[64];

	for (int j = 0; j < 64; j++)
		is_true[j] = ids[j] == value;
	return search_filter_pack(is_true);
}

static uint64_t compare_some(const uint32_t *ids, uint64_t which, const struct wanted *w)
{
	uint64_t bits = 0;

	for (; which; which &= which - 1) {
		uint32_t id = ids[__builtin_ctzll(which)];
		id = id < w->values ? id : w->values;
		bits |= (which & -which) & -(w->bits[id / 64] >> id % 64 & 1);
	}
	return bits;
}

/* Looks at the value of each document of s. */
static void scan(struct search_run *r, const struct search_column *c, struct wanted *w,
	struct search_set *s)
{
	size_t full = s->n / 64;

	if (!w->bits) {
		w->bits = arena_array(r->arena, w->values / 64 + 1, sizeof(*w->bits));
		for (size_t i = 0; i < w->n; i++)
			w->bits[w->ids[i] / 64] |= UINT64_C(1) << w->ids[i] % 64;
	}
	size_t soon = search_set_word(s, 0);
	for (int j = 0; j < SEARCH_AHEAD; j++)
		soon = search_filter_prefetch(s, soon, c->ids, sizeof(*c->ids));
	SEARCH_EACH_WORD (s, i) {
		uint64_t which = s->bits[i];
		soon = search_filter_prefetch(s, soon, c->ids, sizeof(*c->ids));
		bool is_dense = w->n == 1 && i < full && search_filter_is_dense(which);
		search_set_put_word(s, i,
			is_dense ? which & compare_one(c->ids + 64 * i, w->ids[0])
				 : compare_some(c->ids + 64 * i, which, w));
	}
}

static uint64_t documents_of(const struct search_column *c, const struct wanted *w)
{
	uint64_t n = 0;

	for (size_t i = 0; i < w->n; i++)
		n += search_docs_count(search_column_docs(c, w->ids[i]));
	return n;
}

/* Many documents of a value are kept as bits, and taken over by words. */
static bool is_worth_a_scan(const struct search_column *c, const struct wanted *w,
	const struct search_set *s)
{
	uint64_t words = search_set_count_words(s), steps = words;
	uint64_t worth = SCAN_COST * (uint64_t)search_set_count(s);

	for (size_t i = 0; i < w->n && steps <= worth; i++) {
		uint64_t n = search_docs_count(search_column_docs(c, w->ids[i]));
		steps += n < 2 * words ? n : 2 * words;
	}
	return steps > worth;
}

/* s, narrowed to the wanted values, in *to. */
static void add_values(struct search_run *r, const struct search_column *c, struct wanted *w,
	const struct search_set *s, struct search_set *to)
{
	if (c->flags & SEARCH_FACET && !is_worth_a_scan(c, w, s)) {
		for (size_t i = 0; i < w->n; i++)
			search_set_add_docs_within(to, search_column_docs(c, w->ids[i]), s);
		return;
	}
	struct search_set some = search_run_take_set(r);
	search_set_copy(&some, s);
	scan(r, c, w, &some);
	search_set_or(to, &some);
	search_run_give_set(r, some);
}

void search_filter_string(struct search_run *r, const struct search_filter *f, struct search_set *s)
{
	const struct search_column *c = &r->ix->columns[f->field];
	struct wanted w = {.values = c->ids ? search_column_values(c) : 0};
	struct search_set to = search_run_take_set(r);

	for (size_t i = 0; i < f->operands_n && !search_run_is_over(r); i++)
		if (!want_values(r, f, &f->operands[i], &w))
			add_documents(r, f, &f->operands[i], s, &to);
	if (w.n)
		add_values(r, c, &w, s, &to);
	search_set_and(s, &to);
	search_run_give_set(r, to);
}

uint32_t search_filter_string_most(struct search_run *r, const struct search_filter *f)
{
	const struct search_column *c = &r->ix->columns[f->field];
	struct wanted w = {.values = c->ids ? search_column_values(c) : 0};

	if (!(c->flags & SEARCH_FACET))
		return UINT32_MAX;
	for (size_t i = 0; i < f->operands_n; i++)
		if (!want_values(r, f, &f->operands[i], &w))
			return UINT32_MAX;
	uint64_t n = documents_of(c, &w);
	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX - 1;
}

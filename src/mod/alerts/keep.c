#include "mod/alerts/keep.h"

#include <string.h>

#include "base/arena.h"

static void *copy(struct arena *a, const void *p, size_t n, size_t size)
{
	void *to = arena_array(a, n, size);

	if (n)
		memcpy(to, p, n * size);
	return to;
}

static struct str keep_text(struct arena *a, struct str s)
{
	return s.p ? str_copy(a, s) : STR_NULL;
}

static struct search_word *keep_words(struct arena *a, const struct search_word *words, size_t n)
{
	struct search_word *to = copy(a, words, n, sizeof *words);

	for (size_t i = 0; i < n; i++)
		to[i].text = keep_text(a, words[i].text);
	return to;
}

static const struct search_operand *keep_operands(struct arena *a,
	const struct search_operand *operands, size_t n)
{
	struct search_operand *to = copy(a, operands, n, sizeof *operands);

	for (size_t i = 0; i < n; i++) {
		const struct search_operand *o = &operands[i];
		to[i].text = keep_text(a, o->text);
		to[i].words = keep_words(a, o->words, o->words_n);
		to[i].corners = copy(a, o->corners, o->corners_n, sizeof *o->corners);
	}
	return to;
}

/* No deeper than SEARCH_FILTER_DEPTH. */
static const struct search_filter *keep_filter(struct arena *a, const struct search_filter *f)
{
	struct search_filter *to;

	if (!f)
		return NULL;
	to = ARENA_NEW(a, struct search_filter);
	*to = *f;
	to->left = keep_filter(a, f->left);
	to->right = keep_filter(a, f->right);
	to->operands = keep_operands(a, f->operands, f->operands_n);
	return to;
}

static const struct search_term *keep_terms(struct arena *a, const struct search_query *q)
{
	struct search_term *to = copy(a, q->terms, q->terms_n, sizeof *q->terms);

	for (size_t i = 0; i < q->terms_n; i++)
		to[i].words = keep_words(a, q->terms[i].words, q->terms[i].n);
	return to;
}

/* Words as they are written: no typos, and infixes when they always count. */
static const struct search_by *keep_by(struct arena *a, const struct search_query *q)
{
	struct search_by *by = copy(a, q->by, q->by_n, sizeof *by);

	for (size_t i = 0; i < q->by_n; i++) {
		by[i].num_typos = 0;
		if (by[i].infix == SEARCH_INFIX_FALLBACK)
			by[i].infix = SEARCH_INFIX_OFF;
	}
	return by;
}

void alerts_keep(struct arena *a, const struct search_query *q, struct alerts_query *ret)
{
	*ret = (struct alerts_query){.who = q->who,
		.is_all = q->is_all,
		.q = keep_text(a, q->q),
		.terms = keep_terms(a, q),
		.terms_n = q->terms_n,
		.by = keep_by(a, q),
		.by_n = q->by_n,
		.filter = keep_filter(a, q->filter),
		.hidden = copy(a, q->hidden, q->hidden_n, sizeof *q->hidden),
		.hidden_n = q->hidden_n};
}

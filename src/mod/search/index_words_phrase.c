/* Words next to each other, and values that begin with a text. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "mod/search/index_words.h"

#define FEW_VALUES 2000 /* all are looked at instead of the documents */

/* A phrase as it stands in a folded value, and its words' numbers. */
struct phrase {
	const struct search_postings *p;
	struct str text; /* one space between */
	uint32_t *words; /* all but the last one when that is a beginning */
	size_t n;
	struct str last; /* the beginning */
	uint8_t *bytes;  /* of the words, as long texts have them */
	size_t bytes_n;
	bool is_prefix;
};

static void add_words_with(const struct search_postings *p, struct str beginning,
	struct search_set *to)
{
	struct search_place at = search_words_order_seek(p, beginning);
	struct search_place end = search_words_order_end(p, at, beginning);

	for (; at.at < end.at || (at.at == end.at && at.i < end.i);
		at = search_words_order_next(p, at))
		search_set_add_docs(to,
			search_postings_docs(p, search_place_block(p, at)->words[at.i]));
}

static bool phrase_init(struct phrase *ph, struct arena *a, const struct str *words, size_t n)
{
	struct str *parts = arena_array(a, 2 * n, sizeof(*parts));

	ph->words = arena_array(a, n, sizeof(*ph->words));
	ph->n = ph->is_prefix ? n - 1 : n;
	ph->last = words[n - 1];
	for (size_t i = 0; i < n; i++) {
		parts[2 * i] = words[i];
		parts[2 * i + 1] = i + 1 < n ? STR(" ") : STR_NULL;
		ph->words[i] = search_postings_word_of(ph->p, words[i]);
		if (i < ph->n && ph->words[i] == SEARCH_NONE)
			return false;
	}
	ph->text = str_join(a, parts, 2 * n);
	ph->bytes = arena_alloc(a, n * SEARCH_VARINT_MAX);
	for (size_t i = 0; i < ph->n; i++)
		ph->bytes_n += search_forward_varint(ph->bytes + ph->bytes_n, ph->words[i]);
	return true;
}

static bool is_in_value(const struct phrase *ph, struct str value)
{
	for (size_t from = 0; from + ph->text.len <= value.len;) {
		const char *at = memmem(value.p + from, value.len - from, ph->text.p, ph->text.len);
		if (!at)
			return false;
		size_t i = (size_t)(at - value.p), end = i + ph->text.len;
		if ((!i || value.p[i - 1] == ' ') &&
			(ph->is_prefix || end == value.len || value.p[end] == ' '))
			return true;
		from = i + 1;
	}
	return false;
}

/* The varints of the words stand in the text's. One begins where the byte before is the last one of another. */
static bool is_in_text(const struct phrase *ph, uint32_t doc)
{
	struct search_forward f = search_forward_read(ph->p->texts[doc]);
	uint32_t word;

	for (const uint8_t *from = f.p; from < f.end;) {
		const uint8_t *at = memmem(from, (size_t)(f.end - from), ph->bytes, ph->bytes_n);
		if (!at)
			return false;
		struct search_forward rest = {.p = at + ph->bytes_n, .end = f.end};
		if ((at == f.p || at[-1] < 0x80) &&
			(!ph->is_prefix ||
				(search_forward_next(&rest, &word) &&
					str_starts(search_postings_word(ph->p, word), ph->last))))
			return true;
		from = at + 1;
	}
	return false;
}

static bool is_in(const struct phrase *ph, uint32_t doc)
{
	const struct search_column *c = ph->p->column;

	if (c->ids[doc] == SEARCH_NONE)
		return false;
	return ph->p->texts ? is_in_text(ph, doc)
			    : is_in_value(ph, search_column_text(c, c->ids[doc]));
}

static bool has_words(const struct phrase *ph, uint32_t doc)
{
	for (size_t i = 0; i < ph->n; i++)
		if (!search_docs_has(search_postings_docs(ph->p, ph->words[i]), doc))
			return false;
	return true;
}

static const struct search_docs *rarest(const struct phrase *ph)
{
	const struct search_docs *best = search_postings_docs(ph->p, ph->words[0]);

	for (size_t i = 1; i < ph->n; i++) {
		const struct search_docs *d = search_postings_docs(ph->p, ph->words[i]);
		if (search_docs_count(d) < search_docs_count(best))
			best = d;
	}
	return best;
}

static void add_by_documents(struct phrase *ph, struct arena *a, const struct search_set *within,
	struct search_set *to)
{
	const struct search_docs *some = rarest(ph);
	struct search_set all;

	if (!within) {
		all = search_set_new(a, to->n);
		search_set_add_docs(&all, some);
		within = &all;
	}
	uint32_t *docs = arena_alloc(a, search_docs_count(some) * sizeof(*docs));
	size_t n = search_docs_within(some, within, docs), with_all = 0;
	for (size_t i = 0; i < n; i++)
		if (has_words(ph, docs[i]))
			docs[with_all++] = docs[i];
	for (size_t i = 0; i < with_all; i++) {
		if (ph->p->texts && i + 2 * SEARCH_SOON < with_all)
			search_postings_prefetch(ph->p, docs[i + SEARCH_SOON],
				docs[i + 2 * SEARCH_SOON]);
		if (is_in(ph, docs[i]))
			search_set_add(to, docs[i]);
	}
}

static void add_by_values(struct phrase *ph, struct search_set *to)
{
	const struct search_column *c = ph->p->column;

	for (uint32_t i = 0, n = search_column_values(c); i < n; i++)
		if (is_in_value(ph, search_column_text(c, i)))
			search_set_add_docs(to, search_column_docs(c, i));
}

void search_postings_phrase_within(const struct search_postings *p, struct arena *a,
	const struct str *words, size_t n, bool is_prefix, const struct search_set *within,
	struct search_set *to)
{
	struct phrase ph = {.p = p, .is_prefix = is_prefix};

	if (!n || !p->order_n)
		return;
	if (n == 1 && is_prefix) {
		add_words_with(p, words[0], to);
		return;
	}
	if (!phrase_init(&ph, a, words, n))
		return;
	if (n == 1)
		search_set_add_docs(to, search_postings_docs(p, ph.words[0]));
	else if (p->column->flags & SEARCH_FACET && search_column_values(p->column) <= FEW_VALUES)
		add_by_values(&ph, to);
	else
		add_by_documents(&ph, a, within, to);
}

void search_postings_phrase(const struct search_postings *p, struct arena *a,
	const struct str *words, size_t n, bool is_prefix, struct search_set *to)
{
	search_postings_phrase_within(p, a, words, n, is_prefix, NULL, to);
}

/* Does the text of these words, with one space between, begin so? */
static bool begins(const struct search_postings *p, uint32_t doc, struct str folded)
{
	struct search_forward f = search_forward_read(p->texts[doc]);
	uint32_t word;

	for (bool is_first = true; folded.len && search_forward_next(&f, &word); is_first = false) {
		struct str text = search_postings_word(p, word);
		if (!is_first) {
			if (folded.p[0] != ' ')
				return false;
			folded = str_sub(folded, 1, folded.len);
		}
		size_t n = text.len < folded.len ? text.len : folded.len;
		if (n && memcmp(text.p, folded.p, n))
			return false;
		folded = str_sub(folded, n, folded.len);
	}
	return !folded.len;
}

void search_postings_beginning(const struct search_postings *p, struct str folded,
	struct search_set *to)
{
	for (uint32_t doc = 0; doc < to->n; doc++)
		if (p->column->ids[doc] != SEARCH_NONE && begins(p, doc, folded))
			search_set_add(to, doc);
}

/* q */
#include "mod/search/params.h"

#include "base/arena.h"
#include "mod/search/words.h"

struct reading {
	struct arena *a;
	struct search_query *q;
	size_t words; /* so far */
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void add(struct reading *r, const struct search_word *words, size_t n, bool is_phrase,
	bool is_excluded)
{
	if (r->q->terms_n == SEARCH_WORDS_MAX)
		return;
	r->q->terms[r->q->terms_n++] = (struct search_term){words, n, is_phrase, is_excluded};
}

/* A piece of q without spaces around, or what stands in quotation marks. */
static void add_piece(struct reading *r, struct str piece, bool is_phrase, bool is_excluded)
{
	struct search_word *words;
	size_t n = search_words(r->a, piece, SEARCH_WORDS_MAX - r->words, &words);

	r->words += n;
	if ((is_phrase || is_excluded) && n)
		add(r, words, n, is_phrase || n > 1, is_excluded);
	else
		for (size_t i = 0; i < n; i++)
			add(r, &words[i], 1, false, false);
}

/* Of a piece that begins at `from`; *is_phrase: in quotation marks. */
static size_t end_of(struct str q, size_t from, bool *is_phrase)
{
	size_t i = from;

	*is_phrase = false;
	if (i < q.len && q.p[i] == '"') {
		ptrdiff_t n = str_find_char(str_sub(q, i + 1, q.len), '"');
		*is_phrase = n >= 0;
		if (*is_phrase)
			return i + 1 + (size_t)n;
		i++;
	}
	while (i < q.len && !is_space(q.p[i]) && q.p[i] != '"')
		i++;
	return i;
}

int search_params_terms(struct arena *a, struct str q, struct search_query *ret)
{
	struct reading r = {.a = a, .q = ret};
	bool is_phrase;

	ret->q = q;
	for (size_t i = 0; i < q.len && r.words < SEARCH_WORDS_MAX;) {
		if (is_space(q.p[i])) {
			i++;
			continue;
		}
		bool is_excluded = q.p[i] == '-' && (!i || is_space(q.p[i - 1]));
		i += is_excluded;
		size_t end = end_of(q, i, &is_phrase);
		add_piece(&r, str_sub(q, i + is_phrase, end), is_phrase, is_excluded);
		i = end + is_phrase;
	}
	ret->is_all = !ret->terms_n;
	return 0;
}

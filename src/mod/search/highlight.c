#include "mod/search/highlight.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "mod/search/look.h"
#include "mod/search/words.h"

#define WORDS_MOST 20000 /* of one text */
#define TOKENS_MOST 64

struct map *search_highlight_words(struct arena *a, const struct search_matched *matched, size_t n)
{
	struct map *words = map_new(a, 0);

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < matched[i].n; j++)
			map_put(words, matched[i].words[j], words);
	return words;
}

struct marks {
	struct str text;
	const struct search_word *words;
	const bool *is_found; /* per word */
	const struct search_look *look;
};

/* Words [from, to) with what stands between them; whole: and around them. */
static struct str mark(struct arena *a, const struct marks *m, size_t from, size_t to, bool whole)
{
	size_t at = whole ? 0 : m->words[from].at;
	size_t end = whole ? m->text.len : m->words[to - 1].at + m->words[to - 1].len;
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = from; i < to; i++) {
		const struct search_word *w = &m->words[i];
		if (!m->is_found[i])
			continue;
		buf_str(&b, str_sub(m->text, at, w->at));
		buf_str(&b, m->look->start_tag);
		buf_str(&b, str_sub(m->text, w->at, w->at + w->len));
		buf_str(&b, m->look->end_tag);
		at = w->at + w->len;
	}
	buf_str(&b, str_sub(m->text, at, end));
	struct str out = str_copy(a, buf_view(&b));
	buf_done(&b);
	return out;
}

/* Around the first word that was found and those that follow it closely. */
static void window(const bool *is_found, size_t n, size_t first, const struct search_look *look,
	size_t *ret_from, size_t *ret_to)
{
	size_t last = first;

	for (size_t i = first + 1; i < n && i <= last + look->affix_n + 1; i++)
		if (is_found[i] && i - first < look->threshold)
			last = i;
	*ret_from = first > look->affix_n ? first - look->affix_n : 0;
	*ret_to = n - last > look->affix_n + 1 ? last + look->affix_n + 1 : n;
}

static void add_token(struct arena *a, struct map *seen, struct search_highlight *h,
	const struct search_word *w, struct str text)
{
	if (h->tokens_n == TOKENS_MOST || map_has(seen, w->text))
		return;
	if (!h->tokens)
		h->tokens = arena_alloc(a, TOKENS_MOST * sizeof *h->tokens);
	map_put(seen, w->text, seen);
	h->tokens[h->tokens_n++] = str_sub(text, w->at, w->at + w->len);
}

bool search_highlight(struct arena *a, struct str text, const struct map *words,
	const struct search_look *look, bool is_full, struct search_highlight *ret)
{
	struct search_word *list;
	size_t n = map_len(words) ? search_words(a, text, WORDS_MOST, &list) : 0, first = n, from,
	       to;
	struct search_highlight h = {0};

	if (!n)
		return false;
	bool *is_found = arena_alloc(a, n * sizeof *is_found);
	struct map *seen = map_new(a, 0);
	for (size_t i = 0; i < n; i++) {
		is_found[i] = map_has(words, list[i].text);
		if (!is_found[i])
			continue;
		if (first == n)
			first = i;
		add_token(a, seen, &h, &list[i], text);
	}
	if (first == n)
		return false;
	struct marks m = {text, list, is_found, look};
	window(is_found, n, first, look, &from, &to);
	h.snippet = n <= look->threshold ? mark(a, &m, 0, n, true) : mark(a, &m, from, to, false);
	h.value = is_full ? mark(a, &m, 0, n, true) : STR_NULL;
	*ret = h;
	return true;
}

struct str search_highlight_facet(struct arena *a, struct str value, struct str query,
	const struct search_look *look)
{
	struct search_word *wanted, *list;
	size_t wanted_n = search_words(a, query, 20, &wanted);
	size_t n = wanted_n ? search_words(a, value, WORDS_MOST, &list) : 0;

	if (!n)
		return value;
	bool *is_found = arena_alloc(a, n * sizeof *is_found);
	for (size_t i = 0; i < n; i++) {
		is_found[i] = false;
		for (size_t j = 0; j < wanted_n; j++)
			is_found[i] |= str_starts(list[i].text, wanted[j].text);
	}
	return mark(a, &(struct marks){value, list, is_found, look}, 0, n, true);
}

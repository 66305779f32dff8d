/* Look-ups in a dictionary: beginnings, near misses, words that hold a text.
 *
 * Near misses: the words are gone through in their order, with the rows of the distance's table for the beginning that they share; where
 * no continuation can be near enough, all words that begin so are skipped. A row is at most 2 * typos + 1 cells wide. */
#include <string.h>

#include "base/arena.h"
#include "mod/search/index_words.h"
#include "mod/search/index_words_best.h"

#define FAR 100 /* more than any distance that is asked for */

struct walk {
	const struct search_postings *p;
	struct search_best best;
	uint32_t exact; /* the word itself, offered before */
	bool is_prefix;
	int typos;

	uint32_t wanted[SEARCH_WORD_MAX]; /* characters of the text */
	int wanted_n;

	/* The word that was looked at last, as far as it was read: `depth` characters. */
	struct str text;
	uint64_t key;
	int depth;
	uint32_t path[SEARCH_WORD_MAX];
	uint8_t ends[SEARCH_WORD_MAX + 1];  /* byte behind so many characters */
	uint8_t least[SEARCH_WORD_MAX + 1]; /* distance of the nearest beginning so far */
	uint8_t rows[SEARCH_WORD_MAX + 1][SEARCH_WORD_MAX + 2];
};

/* The character at byte `at`; returns its bytes. */
static size_t decode(struct str text, size_t at, uint32_t *ret)
{
	const uint8_t *p = (const uint8_t *)text.p + at;
	size_t n = *p < 0x80 ? 1 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
	uint32_t c = *p;

	for (size_t i = 1; i < n && at + i < text.len; i++)
		c = c << 8 |
			p[i]; /* not the character's number, but different for different ones */
	*ret = c;
	return at + n > text.len ? text.len - at : n;
}

static int characters(struct str text, uint32_t *ret)
{
	int n = 0;

	for (size_t at = 0; at < text.len && n < SEARCH_WORD_MAX;)
		at += decode(text, at, &ret[n++]);
	return n;
}

static uint8_t least_of(uint8_t a, uint8_t b)
{
	return a < b ? a : b;
}

/* The row of the i-th character of the path; returns its least cell. */
static uint8_t row_fill(struct walk *w, int i)
{
	int low = i > w->typos ? i - w->typos : 0, n = w->wanted_n;
	int high = i + w->typos < n ? i + w->typos : n;
	const uint8_t *before = w->rows[i - 1];
	uint8_t *row = w->rows[i], least = FAR;
	uint32_t c = w->path[i - 1];

	if (low)
		row[low - 1] = FAR;
	for (int j = low; j <= high; j++) {
		uint8_t d = (uint8_t)(before[j] + 1);
		if (j) {
			d = least_of(d, (uint8_t)(row[j - 1] + 1));
			d = least_of(d, (uint8_t)(before[j - 1] + (c != w->wanted[j - 1])));
		}
		if (i > 1 && j > 1 && c == w->wanted[j - 2] && w->path[i - 2] == w->wanted[j - 1])
			d = least_of(d, (uint8_t)(w->rows[i - 2][j - 2] + 1));
		row[j] = least_of(d, FAR);
		least = least_of(least, row[j]);
	}
	row[(high < low ? low : high) + 1] = FAR;
	return least;
}

/* The distance of the whole text from the first i characters of the path. */
static uint8_t row_end(const struct walk *w, int i)
{
	int apart = i > w->wanted_n ? i - w->wanted_n : w->wanted_n - i;

	return apart > w->typos ? FAR : w->rows[i][w->wanted_n];
}

static void offer(struct walk *w, uint32_t word, uint8_t typos)
{
	if (word != w->exact)
		search_best_offer(&w->best, word, w->p->entries[word].docs.n, typos);
}

/* All words from one place to another. */
static void offer_all(struct walk *w, struct search_place from, struct search_place to,
	uint8_t typos)
{
	while (from.at < to.at || (from.at == to.at && from.i < to.i)) {
		const struct search_block *b = search_place_block(w->p, from);
		uint32_t end = from.at == to.at ? to.i : b->n;
		if (search_best_may(&w->best, b->docs_most, typos))
			for (uint32_t i = from.i; i < end; i++)
				offer(w, b->words[i], typos);
		from = (struct search_place){from.at + 1, 0};
	}
}

/* How many bytes the word shares with the one before. */
static size_t shared(const struct walk *w, struct str text, uint64_t key)
{
	uint64_t differ = key ^ w->key;

	if (differ)
		return (size_t)__builtin_clzll(differ) / 8;
	size_t n = 8;
	while (n < text.len && n < w->text.len && text.p[n] == w->text.p[n])
		n++;
	return n;
}

/* Looks at the word at a place; returns where to go on. */
static struct search_place look(struct walk *w, struct search_place at)
{
	const struct search_block *b = search_place_block(w->p, at);
	struct str text = search_entry_text(&w->p->entries[b->words[at.i]]);
	size_t same = shared(w, text, b->keys[at.i]);
	int i = w->depth;

	while (w->ends[i] > same)
		i--;
	w->text = text;
	w->key = b->keys[at.i];
	for (; w->ends[i] < text.len; i++) {
		size_t end = w->ends[i] + decode(text, w->ends[i], &w->path[i]);
		uint8_t least = row_fill(w, i + 1);
		w->least[i + 1] = least_of(w->least[i], row_end(w, i + 1));
		bool is_found =
			w->is_prefix && w->least[i + 1] <= w->typos && least >= w->least[i + 1];
		if (is_found || least > w->typos) {
			w->depth = i;
			struct search_place next = search_words_order_skip(w->p, at, text, end);
			if (is_found)
				offer_all(w, at, next, w->least[i + 1]);
			return next;
		}
		w->ends[i + 1] = (uint8_t)end;
	}
	w->depth = i;
	uint8_t typos = w->is_prefix ? w->least[i] : row_end(w, i);
	if (typos <= w->typos)
		offer(w, b->words[at.i], typos);
	return search_words_order_next(w->p, at);
}

static void walk_all(struct walk *w, struct str text)
{
	struct search_place at = {0, 0};

	w->wanted_n = characters(text, w->wanted);
	w->least[0] = (uint8_t)(w->wanted_n < FAR ? w->wanted_n : FAR);
	for (int j = 0; j <= w->wanted_n && j <= w->typos + 1; j++)
		w->rows[0][j] = (uint8_t)(j <= w->typos ? j : FAR);
	while (at.at < w->p->order_n)
		at = look(w, at);
}

size_t search_postings_find(const struct search_postings *p, struct arena *a, struct str text,
	int max_typos, bool is_prefix, size_t most, struct search_candidate **ret)
{
	*ret = NULL;
	if (!text.len || text.len > SEARCH_WORD_MAX || !most || !p->order_n)
		return 0;
	struct walk *w = ARENA_NEW(a, struct walk);
	w->p = p;
	w->best = (struct search_best){.postings = p, .arena = a, .most = most};
	w->exact = search_postings_word_of(p, text);
	w->is_prefix = is_prefix;
	w->typos = max_typos;
	if (w->exact != SEARCH_NONE)
		search_best_exact(&w->best, w->exact);
	if (max_typos) {
		walk_all(w, text);
	} else if (is_prefix) {
		struct search_place from = search_words_order_seek(p, text);
		offer_all(w, from, search_words_order_end(p, from, text), 0);
	}
	return search_best_take(&w->best, ret);
}

size_t search_postings_infix(const struct search_postings *p, struct arena *a, struct str text,
	size_t most, struct search_candidate **ret)
{
	struct search_best best = {.postings = p, .arena = a, .most = most, .is_unordered = true};
	uint16_t signature = search_entry_signature(text);

	*ret = NULL;
	if (!text.len || !most)
		return 0;
	uint32_t exact = search_postings_word_of(p, text);
	if (exact != SEARCH_NONE)
		search_best_exact(&best, exact);
	for (uint32_t i = 0; i < p->n; i++) {
		const struct search_entry *e = &p->entries[i];
		if ((signature & ~e->signature) || e->len < text.len || i == exact || !e->len)
			continue;
		struct str word = search_entry_text(e);
		if (memmem(word.p, word.len, text.p, text.len))
			search_best_offer(&best, i, e->docs.n, 0);
	}
	return search_best_take(&best, ret);
}

/* Look-ups in a dictionary: beginnings, near misses, words that hold a text.
 *
 * Near misses: the words are gone through in their order, with the states of an automaton for the beginning that a word shares with the
 * one before; where no continuation can be near enough, all words that begin so are skipped. State: for each number of typos the set of
 * i so that the first i characters of the text are that near to what was read (Wu and Manber, 1992, with exchanged neighbours). Most words
 * are done with after a few of their bytes, which the order has at hand. */
#include <endian.h>
#include <string.h>

#include "base/arena.h"
#include "mod/search/index_words.h"
#include "mod/search/index_words_best.h"

#define TYPOS_MAX 2
#define FAR 100 /* more than any distance that is asked for */
#define KEY_BYTES 8

/* Bit i - 1 for the first i characters; none of them (i = 0) is as far as what was read is long. */
struct state {
	uint64_t near[TYPOS_MAX + 1];
};

struct walk {
	const struct search_postings *p;
	struct search_best best;
	uint32_t exact; /* the word itself, offered before */
	bool is_prefix;
	int typos;

	uint32_t wanted[SEARCH_WORD_MAX]; /* characters of the text */
	int wanted_n;
	uint64_t last;        /* the bit of all of them */
	uint64_t places[128]; /* of each ASCII character, where it is in the text: a bit each */

	/* The word that was looked at last, as far as it was read: `depth` characters. */
	uint64_t key;
	struct str text; /* absent: only the key was needed */
	int depth;
	uint64_t path[SEARCH_WORD_MAX + 1]; /* places of the character before */
	uint8_t ends[SEARCH_WORD_MAX + 1];  /* byte behind so many characters */
	uint8_t least[SEARCH_WORD_MAX + 1]; /* distance of the nearest beginning so far */
	struct state states[SEARCH_WORD_MAX + 1];
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

static void want(struct walk *w, struct str text)
{
	int n = 0;

	for (size_t at = 0; at < text.len; n++) {
		at += decode(text, at, &w->wanted[n]);
		if (w->wanted[n] < 128)
			w->places[w->wanted[n]] |= UINT64_C(1) << n;
	}
	w->wanted_n = n;
	w->last = UINT64_C(1) << (n - 1);
	for (int j = 1; j <= w->typos; j++)
		w->states[0].near[j] = j < n ? (UINT64_C(1) << j) - 1 : w->last | (w->last - 1);
	w->least[0] = (uint8_t)n;
}

static uint64_t places_of(const struct walk *w, uint32_t c)
{
	uint64_t places = 0;

	if (c < 128)
		return w->places[c];
	for (int i = 0; i < w->wanted_n; i++)
		if (w->wanted[i] == c)
			places |= UINT64_C(1) << i;
	return places;
}

/* One character more of the text, from a state of so many characters read. */
static uint64_t shift(const struct state *s, int j, int read)
{
	return s->near[j] << 1 | (read <= j);
}

/* Reads the character that stands at these places of the text, the i-th of the word. */
static void step(struct walk *w, int i, uint64_t places)
{
	const struct state *from = &w->states[i - 1];
	struct state *to = &w->states[i];

	w->path[i] = places;
	to->near[0] = shift(from, 0, i - 1) & places;
	for (int j = 1; j <= w->typos; j++) {
		uint64_t near = (shift(from, j, i - 1) & places) | from->near[j - 1] |
			shift(from, j - 1, i - 1) | shift(to, j - 1, i);
		if (i > 1)
			near |= shift(&w->states[i - 2], j - 1, i - 2) << 1 & places << 1 &
				w->path[i - 1];
		to->near[j] = near;
	}
}

/* Of the whole text from what was read. */
static uint8_t distance(const struct walk *w, int i)
{
	for (int j = 0; j <= w->typos; j++)
		if (w->states[i].near[j] & w->last)
			return (uint8_t)j;
	return FAR;
}

/* The least distance that a continuation can have. */
static uint8_t distance_least(const struct walk *w, int i)
{
	uint64_t all = w->last | (w->last - 1);

	for (int j = 0; j <= w->typos; j++)
		if (i <= j || w->states[i].near[j] & all)
			return (uint8_t)j;
	return FAR;
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
		if (search_best_may(&w->best, w->p->docs_most[w->p->order[from.at]], typos))
			for (uint32_t i = from.i; i < end; i++)
				offer(w, b->words[i], typos);
		from = (struct search_place){from.at + 1, 0};
	}
}

/* How many bytes the word shares with the one before. Words alike in the whole key were both needed in full. */
static size_t shared(const struct walk *w, struct str text, uint64_t key)
{
	uint64_t differ = key ^ w->key;

	if (differ)
		return (size_t)__builtin_clzll(differ) / 8;
	size_t n = KEY_BYTES;
	while (n < text.len && n < w->text.len && text.p[n] == w->text.p[n])
		n++;
	return n;
}

static struct str text_at(const struct walk *w, struct search_place at)
{
	uint32_t word = search_place_block(w->p, at)->words[at.i];

	return search_entry_text(&w->p->entries[word]);
}

/* Reads one more character of the word at a place; false: there is none. */
static bool read_one(struct walk *w, struct search_place at, int i)
{
	size_t from = w->ends[i];
	uint32_t c;

	if (from < KEY_BYTES) {
		c = (uint8_t)(w->key >> (KEY_BYTES - 1 - from) * 8);
		if (!c)
			return false;
		if (c < 128) {
			w->ends[i + 1] = (uint8_t)(from + 1);
			step(w, i + 1, w->places[c]);
			return true;
		}
	}
	if (!w->text.p)
		w->text = text_at(w, at);
	if (from == w->text.len)
		return false;
	w->ends[i + 1] = (uint8_t)(from + decode(w->text, from, &c));
	step(w, i + 1, places_of(w, c));
	return true;
}

/* All words that begin as this one does are found, or too far. */
static struct search_place pass(struct walk *w, struct search_place at, int i)
{
	if (w->ends[i] > KEY_BYTES && !w->text.p)
		w->text = text_at(w, at);
	struct search_place next = search_words_order_skip(w->p, at, w->key, w->text, w->ends[i]);
	if (w->is_prefix && w->least[i] <= w->typos)
		offer_all(w, at, next, w->least[i]);
	return next;
}

/* Looks at the word at a place; returns where to go on. */
static struct search_place look(struct walk *w, struct search_place at)
{
	const struct search_block *b = search_place_block(w->p, at);
	uint64_t key = b->keys[at.i];
	struct str text = key == w->key ? text_at(w, at) : STR_NULL;
	size_t same = shared(w, text, key);
	int i = w->depth;

	while (w->ends[i] > same)
		i--;
	w->text = text;
	w->key = key;
	for (; read_one(w, at, i); i++) {
		uint8_t now = distance(w, i + 1);
		w->least[i + 1] = now < w->least[i] ? now : w->least[i];
		uint8_t least = distance_least(w, i + 1);
		if (least > w->typos || (w->is_prefix && least >= w->least[i + 1])) {
			w->depth = i;
			return pass(w, at, i + 1);
		}
	}
	w->depth = i;
	uint8_t typos = w->is_prefix ? w->least[i] : distance(w, i);
	if (typos <= w->typos)
		offer(w, b->words[at.i], typos);
	return search_words_order_next(w->p, at);
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
	w->typos = max_typos < TYPOS_MAX ? max_typos : TYPOS_MAX;
	if (w->exact != SEARCH_NONE)
		search_best_exact(&w->best, w->exact);
	if (max_typos) {
		want(w, text);
		for (struct search_place at = {0, 0}; at.at < p->order_n;)
			at = look(w, at);
	} else if (is_prefix) {
		struct search_place from = search_words_order_seek(p, text);
		offer_all(w, from, search_words_order_end(p, from, text), 0);
	}
	return search_best_take(&w->best, ret);
}

/* The first eight bytes, so that numbers compare as words do: texts that are not far have zeros behind them. */
static uint64_t key_of(const struct search_entry *e)
{
	uint64_t key;

	memcpy(&key, e->len <= SEARCH_INLINE ? e->near : e->far, sizeof(key));
	return be64toh(key);
}

/* Words that hold a text are not looked at in their order: what no word may be behind to be among the best. */
struct bar {
	uint32_t docs; /* 0: any word may */
	uint64_t key;
};

static struct bar bar_of(const struct search_best *best)
{
	if (best->n < best->most)
		return (struct bar){0};
	const struct search_ranked_word *worst = &best->heap[0];
	return (struct bar){worst->is_exact ? UINT32_MAX : worst->docs,
		key_of(&best->postings->entries[worst->word])};
}

static bool is_behind(const struct bar *b, const struct search_entry *e)
{
	return e->docs.n < b->docs || (e->docs.n == b->docs && key_of(e) > b->key);
}

static void offer_with(struct search_best *best, struct str text, uint32_t exact)
{
	const struct search_postings *p = best->postings;
	uint16_t signature = search_entry_signature(text);
	struct bar bar = bar_of(best);

	for (uint32_t i = 0; i < p->n; i++) {
		const struct search_entry *e = &p->entries[i];
		if ((signature & ~e->signature) || e->len < text.len || i == exact || !e->len ||
			is_behind(&bar, e))
			continue;
		struct str word = search_entry_text(e);
		if (!memmem(word.p, word.len, text.p, text.len))
			continue;
		search_best_offer(best, i, e->docs.n, 0);
		bar = bar_of(best);
	}
}

size_t search_postings_infix(const struct search_postings *p, struct arena *a, struct str text,
	size_t most, struct search_candidate **ret)
{
	struct search_best best = {.postings = p, .arena = a, .most = most, .is_unordered = true};

	*ret = NULL;
	if (!text.len || !most)
		return 0;
	uint32_t exact = search_postings_word_of(p, text);
	if (exact != SEARCH_NONE)
		search_best_exact(&best, exact);
	offer_with(&best, text, exact);
	return search_best_take(&best, ret);
}

#include "mod/search/words.h"

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#include "base/arena.h"

#define CHUNK 4096
#define PIECES 32 /* characters that one decomposes into, at most 18 today */

/* Words on their way out. The one that is being written always has SEARCH_WORD_MAX bytes of room. */
struct writer {
	struct arena *arena;
	struct search_word *words;
	size_t n, cap, most;
	char *room;
	size_t left;
	size_t len; /* of the word, so far; 0: none is open */
	size_t from;
	bool is_open, is_full;
};

static void room_ensure(struct writer *w, size_t expected)
{
	if (w->left >= SEARCH_WORD_MAX)
		return;
	w->left = expected + SEARCH_WORD_MAX > CHUNK ? expected + SEARCH_WORD_MAX : CHUNK;
	w->room = arena_alloc(w->arena, w->left);
}

static void word_add(struct writer *w, size_t at, const char *bytes, size_t n)
{
	if (!w->is_open) {
		w->is_open = true;
		w->is_full = false;
		w->from = at;
		w->len = 0;
	}
	w->is_full |= w->len + n > SEARCH_WORD_MAX;
	if (w->is_full)
		return;
	memcpy(w->room + w->len, bytes, n);
	w->len += n;
}

static void word_end(struct writer *w, size_t at)
{
	if (!w->is_open)
		return;
	w->is_open = false;
	if (w->n == w->cap) {
		size_t cap = w->cap ? w->cap * 2 : 16;
		w->words = arena_resize(w->arena, w->words, w->cap * sizeof(*w->words),
			cap * sizeof(*w->words));
		w->cap = cap;
	}
	w->words[w->n++] = (struct search_word){
		.text = {w->room, w->len},
		.at = w->from,
		.len = at - w->from,
	};
	w->room += w->len;
	w->left -= w->len;
}

#define OF(category) (UINT32_C(1) << UTF8PROC_CATEGORY_##category)

/* Letters and digits. */
static bool is_part(utf8proc_int32_t c)
{
	const uint32_t wanted =
		OF(LU) | OF(LL) | OF(LT) | OF(LM) | OF(LO) | OF(ND) | OF(NL) | OF(NO);

	return wanted >> utf8proc_category(c) & 1;
}

struct piece {
	char bytes[4];
	size_t len; /* 0: it separates */
};

/* What the character at `at`, which is not ASCII, becomes; *ret_len: its bytes. 0 pieces: nothing. */
static size_t decompose(struct str text, size_t at, struct piece *ret, size_t *ret_len)
{
	const unsigned options = UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_STRIPMARK |
		UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
	utf8proc_int32_t c, pieces[PIECES];
	size_t left = text.len - at, i = 0;
	int boundary = 0;
	utf8proc_ssize_t len = utf8proc_iterate((const utf8proc_uint8_t *)text.p + at,
		(utf8proc_ssize_t)(left > 4 ? 4 : left), &c);

	if (len <= 0) {
		*ret_len = 1;
		ret->len = 0;
		return 1;
	}
	*ret_len = (size_t)len;
	utf8proc_ssize_t n = utf8proc_decompose_char(c, pieces, PIECES, options, &boundary);
	for (; (utf8proc_ssize_t)i < n && i < PIECES; i++) {
		utf8proc_uint8_t *bytes = (utf8proc_uint8_t *)ret[i].bytes;
		utf8proc_ssize_t k = utf8proc_encode_char(pieces[i], bytes);
		ret[i].len = k > 0 && is_part(pieces[i]) ? (size_t)k : 0;
	}
	return i;
}

/* Returns the character's bytes. */
static size_t wide(struct writer *w, struct str text, size_t at)
{
	struct piece pieces[PIECES];
	size_t len, n = decompose(text, at, pieces, &len);

	for (size_t i = 0; i < n && w->n < w->most; i++) {
		if (pieces[i].len) {
			room_ensure(w, text.len - at);
			word_add(w, at, pieces[i].bytes, pieces[i].len);
		} else {
			word_end(w, at + (w->from < at ? 0 : len));
		}
	}
	return len;
}

/* What an ASCII byte becomes; 0: it separates. */
static char plain(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c + ('a' - 'A'));
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? (char)c : 0;
}

size_t search_words(struct arena *a, struct str text, size_t most, struct search_word **ret_words)
{
	struct writer w = {.arena = a, .most = most};

	for (size_t i = 0; i < text.len && w.n < most;) {
		unsigned char c = (unsigned char)text.p[i];
		if (c >= 0x80) {
			i += wide(&w, text, i);
			continue;
		}
		char folded = plain(c);
		if (folded) {
			room_ensure(&w, text.len - i);
			word_add(&w, i, &folded, 1);
		} else {
			word_end(&w, i);
		}
		i++;
	}
	if (w.n < most)
		word_end(&w, text.len);
	*ret_words = w.words;
	return w.n;
}

/* A folded text on its way out. */
struct joiner {
	char *to;
	size_t len, cap;
	size_t run; /* bytes of the word, SEARCH_WORD_MAX when it was cut; 0: none is open */
};

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte)) /* of eight */
#define TOP EACH(0x80)

/* The top bits of those of eight ASCII bytes that are from low to high. */
static uint64_t between(uint64_t eight, unsigned char low, unsigned char high)
{
	return (eight + EACH(0x80 - low)) & ~(eight + EACH(0x7f - high)) & TOP;
}

/* Eight bytes at once; false: one is not ASCII, separators follow each other, or the word may be too long. */
static bool join_eight(struct joiner *j, const char *from)
{
	uint64_t eight;

	memcpy(&eight, from, sizeof(eight));
	eight = le64toh(eight);
	if (eight & TOP || j->run > SEARCH_WORD_MAX - 8)
		return false;
	uint64_t lower = eight | EACH(0x20);
	uint64_t is_word = between(lower, 'a', 'z') | between(eight, '0', '9');
	uint64_t is_space = ~is_word & TOP;
	if (is_space & (is_space << 8 | (j->run ? 0 : 0x80)))
		return false;
	uint64_t mask = (is_word >> 7) * 0xff;
	eight = htole64((lower & mask) | (EACH(' ') & ~mask));
	memcpy(j->to + j->len, &eight, sizeof(eight));
	j->len += 8;
	j->run = is_space ? (size_t)__builtin_clzll(is_space) / 8 : j->run + 8;
	return true;
}

static void join_byte(struct joiner *j, unsigned char c)
{
	char folded = plain(c);

	if (folded && j->run < SEARCH_WORD_MAX) {
		j->to[j->len++] = folded;
		j->run++;
	} else if (!folded) {
		if (j->run)
			j->to[j->len++] = ' ';
		j->run = 0;
	}
}

/* ASCII from i on; returns where it ends. */
static size_t join_plain(struct joiner *j, struct str text, size_t i)
{
	while (i < text.len && (unsigned char)text.p[i] < 0x80) {
		if (text.len - i >= 8 && join_eight(j, text.p + i))
			i += 8;
		else
			join_byte(j, (unsigned char)text.p[i++]);
	}
	return i;
}

static void join_piece(struct joiner *j, const struct piece *p)
{
	if (!p->len) {
		if (j->run)
			j->to[j->len++] = ' ';
		j->run = 0;
	} else if (j->run + p->len > SEARCH_WORD_MAX) {
		j->run = SEARCH_WORD_MAX;
	} else {
		memcpy(j->to + j->len, p->bytes, p->len);
		j->len += p->len;
		j->run += p->len;
	}
}

static size_t join_wide(struct joiner *j, struct arena *a, struct str text, size_t at)
{
	struct piece pieces[PIECES];
	size_t len, n = decompose(text, at, pieces, &len);
	size_t needed = j->len + n * sizeof(pieces->bytes) + (text.len - at) + 1;

	if (needed > j->cap) {
		j->to = arena_resize(a, j->to, j->cap, needed + text.len);
		j->cap = needed + text.len;
	}
	for (size_t i = 0; i < n; i++)
		join_piece(j, &pieces[i]);
	return at + len;
}

struct str search_words_joined(struct arena *a, struct str text)
{
	struct joiner j = {.to = arena_alloc(a, text.len + 1), .cap = text.len + 1};

	for (size_t i = 0; (i = join_plain(&j, text, i)) < text.len;)
		i = join_wide(&j, a, text, i);
	if (j.len && !j.run)
		j.len--;
	return str_from(j.to, j.len);
}

#include "mod/search/words.h"

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

/* One character that is not ASCII; returns its bytes. */
static size_t wide(struct writer *w, struct str text, size_t at)
{
	utf8proc_int32_t c, pieces[PIECES];
	size_t left = text.len - at;
	utf8proc_ssize_t len = utf8proc_iterate((const utf8proc_uint8_t *)text.p + at,
		(utf8proc_ssize_t)(left > 4 ? 4 : left), &c);

	if (len <= 0) {
		word_end(w, at);
		return 1;
	}
	int boundary = 0;
	utf8proc_ssize_t n = utf8proc_decompose_char(c, pieces, PIECES,
		UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD |
			UTF8PROC_IGNORE,
		&boundary);
	for (utf8proc_ssize_t i = 0; i < n && i < PIECES; i++) {
		char bytes[4];
		utf8proc_ssize_t k = utf8proc_encode_char(pieces[i], (utf8proc_uint8_t *)bytes);
		if (k > 0 && is_part(pieces[i])) {
			room_ensure(w, left);
			word_add(w, at, bytes, (size_t)k);
		} else {
			word_end(w, at + (w->from < at ? 0 : (size_t)len));
		}
		if (w->n >= w->most)
			break;
	}
	return (size_t)len;
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

struct str search_words_joined(struct arena *a, struct str text)
{
	struct search_word *words;
	size_t n = search_words(a, text, SIZE_MAX, &words), len = 0;

	for (size_t i = 0; i < n; i++)
		len += words[i].text.len + 1;
	char *p = arena_alloc(a, len + 1), *to = p;
	for (size_t i = 0; i < n; i++) {
		if (i)
			*to++ = ' ';
		memcpy(to, words[i].text.p, words[i].text.len);
		to += words[i].text.len;
	}
	return str_from(p, (size_t)(to - p));
}

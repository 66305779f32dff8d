/* words: text into the words that searches compare.
 *
 * A word is a run of letters and digits of any script, after Unicode compatibility decomposition, without marks, case-folded (utf8proc:
 * DECOMPOSE, COMPAT, STRIPMARK, CASEFOLD, IGNORE, then the decomposition of what is left): "Señor" is senor, "Straße" strasse. Everything
 * else separates words, apostrophes too ("O'Neil" is o and neil). A word is cut after SEARCH_WORD_MAX bytes, at a character.
 * Bytes that are no UTF-8 separate words.
 *
 * Threads  any. Source  Unicode Standard, chapter 3.13 and annex 15.
 */
#pragma once
#include <stddef.h>

#include "base/str.h"

struct arena;

#define SEARCH_WORD_MAX 64

struct search_word {
	struct str text; /* folded; in the arena */
	size_t at, len;  /* where it stands in the text, in bytes: for highlights */
};

/* At most `most` words; returns how many, *ret_words in a. */
size_t search_words(struct arena *a, struct str text, size_t most, struct search_word **ret_words);

/* A whole value for `:=`: the folded words of text with one space between ("Fort  Lauderdale" is fort lauderdale). */
struct str search_words_joined(struct arena *a, struct str text);

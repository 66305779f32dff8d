/* support_search: documents for the tests of the index, and what they should find, said simply. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "mod/search/index_local.h"

/* A generator that gives the same numbers each time. */
struct search_dice {
	uint64_t state;
};

uint32_t search_dice_roll(struct search_dice *d, uint32_t below);

/* Field by name, for agents. */
int search_support_field(const char *name);

/* The n-th document: id n, all else absent. */
struct search_doc search_support_doc(uint32_t n);

/* Some words of a small vocabulary, in the arena. */
struct str search_support_text(struct arena *a, struct search_dice *d, uint32_t words_most);
struct str search_support_word(struct search_dice *d);

/* Damerau-Levenshtein (optimal string alignment) by the whole table, over characters. */
int search_support_distance(struct str a, struct str b);

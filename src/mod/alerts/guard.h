/* guard: what a listing must have to be found by a search at all, so that most searches are passed over for the price of a comparison.
 *
 * A guard is made of the parts of a filter that are joined by && at its top: ranges and values of numbers, texts, a box around a circle or a
 * polygon. It lets through whatever the search may find, and some of what it does not: the index decides.
 *
 * Owner    the arena; borrows from the filter. Threads: read by any.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mod/search/search.h"

struct arena;

#define ALERTS_CONDITIONS_MAX 12

struct alerts_box {
	double south, north, west, east;
};

struct alerts_condition {
	int field;
	enum search_type type;
	const struct search_operand *operands;
	size_t n;
	const struct str *texts;        /* per operand: its folded words */
	const struct alerts_box *boxes; /* per operand, of geopoints */
};

struct alerts_guard {
	struct alerts_condition *conditions;
	size_t n;
};

/* The gist of a guard: a range of one number and one text, so small that those of all searches lie side by side: looking at ten thousand
 * guards costs milliseconds of waiting for memory, at their gists a tenth of that. */
struct alerts_gist {
	float low, high;
	int16_t number, text; /* fields; -1: none */
	uint32_t hash;        /* of the text */
};

/* What guards look at, of one listing as an audience sees it. */
struct alerts_facts {
	double numbers[SEARCH_FIELDS_MAX]; /* NaN: absent */
	struct str texts[SEARCH_FIELDS_MAX];
	uint32_t hashes[SEARCH_FIELDS_MAX]; /* of the texts */
	struct search_point place;          /* NaN: absent */
};

void alerts_guard_make(struct arena *a, const struct search_filter *f,
	struct alerts_guard *ret_guard);

void alerts_guard_facts(struct arena *a, const struct search_doc *doc, enum search_audience who,
	struct alerts_facts *ret_facts);

bool alerts_guard_passes(const struct alerts_guard *g, const struct alerts_facts *facts);

struct alerts_gist alerts_guard_gist(const struct alerts_guard *g);
bool alerts_guard_gist_passes(const struct alerts_gist *g, const struct alerts_facts *facts);

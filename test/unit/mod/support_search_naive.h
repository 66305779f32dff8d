/* support_search_naive: listings made up at random in an index, and what a search among them should find, computed as the comment of
 * query.h says it: listing by listing, without any index.
 *
 * Owner    the arena given; the index is released with it.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "mod/search/index.h"
#include "mod/search/query.h"

struct listing {
	struct search_doc doc;
	struct str folded[SEARCH_FIELDS_MAX];
	double numbers[SEARCH_FIELDS_MAX]; /* NaN: absent */
	struct search_point at;
	bool is_gone;
};

struct listings {
	struct arena *a;
	struct search_index *ix;
	struct listing *v;
	size_t n;
	uint64_t random;
};

int naive_field(const char *name); /* its number; must be there */

uint32_t listings_random(struct listings *l, uint32_t below);

/* An empty index with room for n listings. */
void listings_init(struct listings *l, struct arena *a, size_t room, uint64_t seed);
/* A value that a listing about to be put has. */
void listing_set(struct listing *x, const char *name, const char *value);
void listings_put(struct listings *l, struct listing x);
/* n made up ones, some of them changed and removed again. */
void listings_make(struct listings *l, size_t n);

/* Is the field to be seen by them, and there? */
bool naive_has(const struct listing *x, enum search_audience who, int f);
bool naive_is_shown(const struct listing *x, enum search_audience who);
/* All that is found with q *, in order (of _text_match all are alike); pins not yet put in. */
size_t naive_run(const struct listings *l, const struct search_query *q,
	const struct listing **ret);

/* As most of the listings write a folded value. */
struct str naive_shown(const struct listings *l, int f, struct str folded);

/* A filter by chance, on fields of all types. */
const struct search_filter *listings_random_filter(struct listings *l, int depth);

/* query: a saved search, ready to be held against listings: what of it decides which listings it finds, and no more.
 *
 * Words as they are, or as the search's own beginnings of words: no typos, no words dropped, no order, page, pins or facets. Infixes count when
 * they always do.
 *
 * Owner    the arena.
 * Failure  E_INPUT or E_ABSENT with the sentence of search_query_read(), which names parameter and position.
 * Threads  pure.
 */
#pragma once
#include "base/err.h"
#include "mod/alerts/guard.h"
#include "mod/search/search.h"

struct arena;

struct alerts_query {
	enum search_audience who;
	bool is_all;
	struct str q;
	const struct search_term *terms;
	size_t terms_n;
	const struct search_by *by;
	size_t by_n;
	const struct search_filter *filter;
	const uint8_t (*hidden)[16];
	size_t hidden_n;
	struct alerts_guard guard;
	uint64_t fields; /* those that decide it: a bit each */
};

/* text: the JSON of mls.saved_searches.query. */
int alerts_query_read(struct arena *a, struct str text, enum search_audience who,
	struct alerts_query *ret, struct err *e) MUST_CHECK;

/* All that it finds in the index; *ret in a. */
int alerts_query_run(const struct alerts_query *q, const struct search_index *ix, struct arena *a,
	struct search_result *ret, struct err *e) MUST_CHECK;

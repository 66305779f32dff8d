/* run_facet: how often each value of a field is among the results. For run_facet*.c alone.
 *
 * Owner    the arena of the run. Threads as search_index_run().
 */
#pragma once
#include "mod/search/run_local.h"

/* A value, and how many of the results have it. Keys sort as values do: of numbers search_number_key(), of strings the id (whose text
 * is compared), of ranges their index. */
struct search_tally {
	uint64_t key;
	uint32_t count;
};

struct search_tallies {
	struct search_tally *v;
	size_t n;
};

/* Of values[0..n); SEARCH_NONE counts for nothing, others are below `most`. */
struct search_tallies search_tally_ids(struct arena *a, const uint32_t *ids, size_t n,
	uint32_t most);
struct search_tallies search_tally_numbers(struct arena *a, const double *x, size_t n);
struct search_tallies search_tally_ranges(struct arena *a, const double *x, size_t n,
	const struct search_facet *f);

/* Leaves out the values that facet_query does not mean. */
void search_facet_query(struct search_run *r, const struct search_facet *f,
	struct search_tallies *t);

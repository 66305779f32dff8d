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

/* Values of a column of strings: of all documents of the index; of those of a list, where they are seen. */
struct search_tallies search_tally_all(struct arena *a, const struct search_column *c);
struct search_tallies search_tally_values(struct arena *a, const struct search_view *v,
	const struct search_list *l, uint32_t most); /* values are below `most` */
struct search_tallies search_tally_numbers(struct arena *a, const double *x, size_t n);
struct search_tallies search_tally_ranges(struct arena *a, const double *x, size_t n,
	const struct search_facet *f);

/* Leaves out the values that facet_query does not mean. */
void search_facet_query(struct search_run *r, const struct search_facet *f,
	struct search_tallies *t);

/* Any JSON as the parameters of a search: a query within its limits, or a sentence. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "mod/search/search.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_terms(const struct search_query *q)
{
	size_t words = 0;

	assert(q->terms_n <= SEARCH_WORDS_MAX && q->is_all == !q->terms_n);
	assert(q->is_all || q->by_n);
	for (size_t i = 0; i < q->terms_n; i++) {
		const struct search_term *t = &q->terms[i];
		assert(t->n && (t->n == 1 || t->is_phrase));
		words += t->n;
	}
	assert(words <= SEARCH_WORDS_MAX);
}

static void check(const struct search_query *q)
{
	check_terms(q);
	assert(q->by_n <= SEARCH_BY_MAX && q->sorts_n <= SEARCH_SORTS_MAX);
	assert(q->facets_n <= SEARCH_FACETS_MAX && q->group_n <= SEARCH_FACETS_MAX);
	assert(q->limit <= SEARCH_PAGE_MAX && q->pins_n <= SEARCH_PINS_MAX);
	assert(q->max_candidates >= 1 && q->max_candidates <= 10000);
	for (size_t i = 0; i < q->by_n; i++)
		assert(q->by[i].num_typos >= 0 && q->by[i].num_typos <= 2 && q->by[i].weight >= 0 &&
			q->by[i].weight <= 127);
	for (size_t i = 0; i < q->facets_n; i++)
		for (size_t k = 0; k < q->facets[i].ranges_n; k++)
			assert(q->facets[i].ranges[k].low < q->facets[i].ranges[k].high);
	for (size_t i = 0; i < q->pins_n; i++)
		assert(q->pins[i].position >= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	const struct json *v = json_parse(a, str_from(data, size), NULL);
	struct search_query q;

	if (!search_query_read(a, v, size & 1 ? SEARCH_AGENTS : SEARCH_PUBLIC, &q, &e))
		check(&q);
	else
		assert((e.code == E_INPUT || e.code == E_ABSENT) && e.msg[0]);
	arena_free(a);
	return 0;
}

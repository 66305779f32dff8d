#include "support_search_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "mod/search/params.h"

void search_sample_start(struct search_sample *s)
{
	*s = (struct search_sample){.arena = arena_new(), .ix = search_index_new()};
	s->remarks = search_support_field("public_remarks");
	s->address = search_support_field("address_full");
	s->city = search_support_field("city");
}

void search_sample_end(struct search_sample *s)
{
	search_index_free(s->ix);
	arena_free(s->arena);
}

struct search_doc *search_sample_add(struct search_sample *s, const char *remarks,
	const char *address, const char *city)
{
	struct search_doc *d = &s->docs[s->docs_n];

	*d = search_support_doc(s->docs_n++);
	d->values[s->remarks] = str_of(remarks);
	d->values[s->address] = str_of(address);
	d->values[s->city] = str_of(city);
	search_index_put(s->ix, d);
	return d;
}

static void query_by(struct search_query *q, int field, int weight)
{
	q->by[q->by_n++] = (struct search_by){.field = field,
		.weight = weight,
		.num_typos = 2,
		.prefix = true};
}

/* As a client that says q and the three fields alone would have it. */
struct search_query *search_sample_ask(struct search_sample *s, const char *text)
{
	s->q = ARENA_NEW(s->arena, struct search_query);
	s->q->who = SEARCH_AGENTS;
	s->q->limit = 250;
	s->q->min_len_1typo = 4;
	s->q->min_len_2typo = 7;
	s->q->typo_tokens_threshold = s->q->drop_tokens_threshold = 1;
	s->q->max_candidates = 10000;
	s->q->prioritize_exact_match = s->q->prioritize_num_matching_fields = true;
	s->q->split_join = true;
	s->q->facet_query_field = -1;
	query_by(s->q, s->city, 3);
	query_by(s->q, s->address, 2);
	query_by(s->q, s->remarks, 1);
	assert_int_equal(search_params_terms(s->arena, str_of(text), s->q), 0);
	return s->q;
}

void search_sample_run(struct search_sample *s)
{
	s->found = (struct search_result){0};
	assert_int_equal(search_index_run(s->ix, s->q, s->arena, &s->found, NULL), 0);
}

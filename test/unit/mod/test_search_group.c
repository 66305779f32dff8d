/* Groups of hits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "support_search_check.h"

#define PUT(l, n, ...) put_listing((l), (n), (const char *const[]){__VA_ARGS__, NULL})

/* "Miami 3: 1 2; - 1: 5": key, how many, hits. */
static const char *grouped(const struct listings *l, const struct search_query *q)
{
	struct search_result r = search_check(l, q);
	const char *text = "";

	assert_int_equal(r.hits_n, 0);
	for (size_t i = 0; i < r.groups_n; i++) {
		const struct search_group *g = &r.groups[i];
		text = arena_printf(l->a, "%s%s", text, i ? "; " : "");
		for (size_t k = 0; k < q->group_n; k++)
			text = arena_printf(l->a, "%s" STR_FMT " ", text,
				STR_ARG(g->key[k].p ? g->key[k] : STR("-")));
		text = arena_printf(l->a, "%s%zu: %s", text, g->found,
			hits_of(l, g->hits, g->hits_n));
	}
	return text;
}

static struct search_query by_group(const char *name)
{
	struct search_query q = query_of_all(SEARCH_PUBLIC);

	q.group_fields[q.group_n++] = naive_field(name);
	q.sorts[q.sorts_n++] = (struct search_sort){.key = SEARCH_BY_FIELD,
		.field = naive_field("list_price"),
		.is_ascending = true};
	return q;
}

static struct listings towns(void **state)
{
	struct listings l;

	listings_init(&l, *state, 8, 0);
	PUT(&l, 1, "city", "Miami", "list_price", "300", "bedrooms", "2");
	PUT(&l, 2, "city", "Doral", "list_price", "250", "bedrooms", "2");
	PUT(&l, 3, "city", "MIAMI", "list_price", "100", "bedrooms", "3");
	PUT(&l, 4, "city", "Miami", "list_price", "200", "bedrooms", "2");
	PUT(&l, 5, "list_price", "150");
	PUT(&l, 6, "list_price", "400", "bedrooms", "3");
	return l;
}

static void groups_are_in_the_order_of_their_best_hits(void **state)
{
	struct listings l = towns(state);
	struct search_query q = by_group("city");

	assert_string_equal(grouped(&l, &q), "Miami 3: 3 4 1; - 2: 5 6; Doral 1: 2");
	q.group_limit = 2;
	assert_string_equal(grouped(&l, &q), "Miami 3: 3 4; - 2: 5 6; Doral 1: 2");
	q.sorts[0].is_ascending = false;
	assert_string_equal(grouped(&l, &q), "- 2: 6 5; Miami 3: 1 4; Doral 1: 2");
}

static void listings_without_a_value_may_be_alone(void **state)
{
	struct listings l = towns(state);
	struct search_query q = by_group("city");

	q.group_missing = false;
	assert_string_equal(grouped(&l, &q), "Miami 3: 3 4 1; - 1: 5; Doral 1: 2; - 1: 6");
}

static void several_fields_make_a_group_together(void **state)
{
	struct listings l = towns(state);
	struct search_query q = by_group("city");

	q.group_fields[q.group_n++] = naive_field("bedrooms");
	assert_string_equal(grouped(&l, &q),
		"Miami 3 1: 3; - - 1: 5; Miami 2 2: 4 1; Doral 2 1: 2; - 3 1: 6");
}

static void pages_are_of_groups(void **state)
{
	struct listings l = towns(state);
	struct search_query q = by_group("city");
	struct search_result r;

	q.limit = 1;
	q.offset = 1;
	assert_string_equal(grouped(&l, &q), "- 2: 5 6");
	q.offset = 2;
	assert_string_equal(grouped(&l, &q), "Doral 1: 2");
	q.offset = 3;
	assert_string_equal(grouped(&l, &q), "");
	q.offset = 0;
	q.limit = 10;
	q.limit_hits = 2;
	assert_string_equal(grouped(&l, &q), "Miami 3: 3 4 1; - 2: 5 6");
	r = search_check(&l, &q);
	assert_int_equal(r.found, 3);
	assert_int_equal(r.found_docs, 6);
}

static void a_pinned_hit_brings_its_group_to_its_position(void **state)
{
	struct listings l = towns(state);
	struct search_query q = by_group("city");

	q.pins[0].id[15] = 2;
	q.pins[0].position = 2;
	q.pins[1].id[15] = 1;
	q.pins[1].position = 3;
	q.pins_n = 2;
	assert_string_equal(grouped(&l, &q), "- 2: 5 6; Doral 1: 2; Miami 3: 1 3 4");
	q.group_limit = 1;
	assert_string_equal(grouped(&l, &q), "- 2: 5; Doral 1: 2; Miami 3: 1");
}

static void the_public_sees_no_group_of_a_hidden_address(void **state)
{
	struct listing hidden = {.doc.is_public = true};
	struct listings l = towns(state);
	struct search_query q = by_group("building_name");

	hidden.doc.id[15] = 7;
	listing_set(&hidden, "building_name", "Secret Tower");
	listings_put(&l, hidden);
	assert_string_equal(grouped(&l, &q), "- 7: 3 5 4");
	q.who = SEARCH_AGENTS;
	assert_string_equal(grouped(&l, &q), "- 6: 3 5 4; Secret Tower 1: 7");
}

static void there_may_be_more_groups_than_fit_a_first_table(void **state)
{
	struct listings l;

	listings_init(&l, *state, 3000, 0);
	for (uint32_t i = 0; i < 3000; i++) {
		struct listing x = {.doc.is_public = true};
		x.doc.id[0] = (uint8_t)(i >> 8);
		x.doc.id[15] = (uint8_t)i;
		listing_set(&x, "subdivision", arena_printf(l.a, "S%u", i % 1500));
		/* No search for one like it: all are new. */
		l.v[l.n++] = x;
		search_index_put(l.ix, &x.doc);
	}
	struct search_query q = query_of_all(SEARCH_PUBLIC);
	struct search_result r;
	q.group_fields[q.group_n++] = naive_field("subdivision");
	q.limit = 250;
	assert_int_equal(search_index_run(l.ix, &q, l.a, &r, NULL), 0);
	assert_int_equal(r.found, 1500);
	assert_int_equal(r.found_docs, 3000);
	for (size_t i = 0; i < 250; i++)
		assert_int_equal(r.groups[i].found, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, naive_begin, naive_end)
		TEST(groups_are_in_the_order_of_their_best_hits),
		TEST(listings_without_a_value_may_be_alone),
		TEST(several_fields_make_a_group_together),
		TEST(pages_are_of_groups),
		TEST(a_pinned_hit_brings_its_group_to_its_position),
		TEST(the_public_sees_no_group_of_a_hidden_address),
		TEST(there_may_be_more_groups_than_fit_a_first_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

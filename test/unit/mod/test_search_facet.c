/* Counts of values. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "mod/search/run_facet.h"
#include "support_search_check.h"

#define PUT(l, n, ...) put_listing((l), (n), (const char *const[]){__VA_ARGS__, NULL})

/* "Miami 3, Doral 1" */
static const char *counts(const struct listings *l, const struct search_facet_result *r)
{
	const char *text = "";

	for (size_t i = 0; i < r->counts_n; i++)
		text = arena_printf(l->a, "%s%s" STR_FMT " %zu", text, i ? ", " : "",
			STR_ARG(r->counts[i].value), r->counts[i].count);
	return text;
}

static struct search_query by_facet(const char *name)
{
	struct search_query q = query_of_all(SEARCH_PUBLIC);

	q.facets[q.facets_n++] = (struct search_facet){.field = naive_field(name)};
	return q;
}

static const char *checked(const struct listings *l, const struct search_query *q)
{
	struct search_result r = search_check(l, q);

	return counts(l, &r.facets[0]);
}

/* Without comparison: what the plain evaluation does not know of. */
static struct search_facet_result run(const struct listings *l, const struct search_query *q)
{
	struct search_result r;

	assert_int_equal(search_index_run(l->ix, q, l->a, &r, NULL), 0);
	return r.facets[0];
}

static struct listings towns(void **state)
{
	struct listings l;

	listings_init(&l, *state, 9, 0);
	PUT(&l, 1, "city", "Miami", "bathrooms", "1", "list_price", "100");
	PUT(&l, 2, "city", "MIAMI", "bathrooms", "2.5", "list_price", "250");
	PUT(&l, 3, "city", "Miami", "bathrooms", "2.50", "list_price", "300");
	PUT(&l, 4, "city", "Key West", "bathrooms", "10", "list_price", "300");
	PUT(&l, 5, "city", "Fort Lauderdale", "bathrooms", "3.1");
	PUT(&l, 6, "city", "Doral", "list_price", "999");
	PUT(&l, 7, "city", "doral", "list_price", "1000");
	PUT(&l, 8, "list_price", "1500");
	return l;
}

static void values_are_in_the_order_of_their_counts_then_of_themselves(void **state)
{
	struct listings l = towns(state);
	struct search_query q = by_facet("city");

	assert_string_equal(checked(&l, &q), "Miami 3, Doral 2, Fort Lauderdale 1, Key West 1");
	q.max_facet_values = 3;
	assert_string_equal(checked(&l, &q), "Miami 3, Doral 2, Fort Lauderdale 1");
	assert_int_equal(run(&l, &q).total_values, 4);
	q.max_facet_values = 0;
	assert_string_equal(checked(&l, &q), "");
	assert_false(run(&l, &q).has_stats);
}

static void values_may_be_in_the_order_of_the_alphabet(void **state)
{
	struct listings l = towns(state);
	struct search_query q = by_facet("city");

	q.facets[0].by_alpha = q.facets[0].is_ascending = true;
	assert_string_equal(checked(&l, &q), "Doral 2, Fort Lauderdale 1, Key West 1, Miami 3");
	q.facets[0].is_ascending = false;
	assert_string_equal(checked(&l, &q), "Miami 3, Key West 1, Fort Lauderdale 1, Doral 2");
}

static void numbers_are_counted_and_measured(void **state)
{
	struct listings l = towns(state);
	struct search_query q = by_facet("bathrooms");
	struct search_facet_result r = run(&l, &q);

	assert_string_equal(checked(&l, &q), "2.5 2, 1 1, 3.1 1, 10 1");
	assert_true(r.has_stats);
	assert_true(r.min == 1 && r.max == 10);
	assert_true(fabs(r.sum - 19.1) < 1e-9 && fabs(r.avg - 19.1 / 5) < 1e-9);
	q = by_facet("list_price");
	q.facets[0].by_alpha = q.facets[0].is_ascending = true;
	assert_string_equal(checked(&l, &q), "100 1, 250 1, 300 2, 999 1, 1000 1, 1500 1");
	q = by_facet("year_built");
	assert_string_equal(checked(&l, &q), "");
	assert_false(run(&l, &q).has_stats);
}

static void a_range_holds_its_low_end_but_not_its_high_one(void **state)
{
	static const struct search_facet_range ranges[] = {{STR("low"), -INFINITY, 300},
		{STR("middle"), 300, 1000}, {STR("all"), 0, INFINITY}, {STR("none"), 5000, 6000}};
	struct listings l = towns(state);
	struct search_query q = by_facet("list_price");

	q.facets[0].ranges = ranges;
	q.facets[0].ranges_n = 4;
	struct search_facet_result r = run(&l, &q);
	assert_string_equal(counts(&l, &r), "all 7, middle 3, low 2");
	assert_int_equal(r.total_values, 3);
	assert_true(r.min == 100 && r.max == 1500);
}

static void only_what_was_found_counts(void **state)
{
	struct listings l = towns(state);
	struct search_query q = by_facet("city");

	q.filter = match_filter(&l, "list_price", range_operand(250, 1000));
	assert_string_equal(checked(&l, &q), "Doral 2, Miami 2, Key West 1");
	q.limit = 0;
	assert_string_equal(checked(&l, &q), "Doral 2, Miami 2, Key West 1");
	q.filter = match_filter(&l, "list_price", range_operand(5, 6));
	assert_string_equal(checked(&l, &q), "");
}

static void the_public_counts_no_hidden_address(void **state)
{
	struct listing hidden = {.doc.is_public = true};
	struct listings l = towns(state);
	struct search_query q = by_facet("building_name");

	hidden.doc.id[15] = 9;
	listing_set(&hidden, "building_name", "Secret Tower");
	listing_set(&hidden, "import_task_id", "7");
	listings_put(&l, hidden);
	assert_string_equal(checked(&l, &q), "");
	q.who = SEARCH_AGENTS;
	assert_string_equal(checked(&l, &q), "Secret Tower 1");
	q = by_facet("import_task_id");
	assert_string_equal(checked(&l, &q), "");
}

static const char *queried(const struct listings *l, const char *text)
{
	struct search_query q = by_facet("city");

	q.facet_query_field = naive_field("city");
	q.facet_query = str_of(text);
	struct search_facet_result r = run(l, &q);
	assert_int_equal(r.total_values, r.counts_n);
	return counts(l, &r);
}

static void a_facet_query_leaves_the_values_it_means(void **state)
{
	struct listings l = towns(state);

	assert_string_equal(queried(&l, "mia"), "Miami 3");
	assert_string_equal(queried(&l, "WEST"), "Key West 1");
	assert_string_equal(queried(&l, "west k"), "Key West 1");
	assert_string_equal(queried(&l, "key we"), "Key West 1");
	assert_string_equal(queried(&l, "ke west"), "");
	assert_string_equal(queried(&l, "x"), "");
	assert_string_equal(queried(&l, "!!"), "");
	assert_string_equal(queried(&l, ""), "Miami 3, Doral 2, Fort Lauderdale 1, Key West 1");
}

static void a_facet_query_forgives_typos_where_nothing_else_is_meant(void **state)
{
	struct listings l = towns(state);
	struct search_query q = by_facet("city");

	assert_string_equal(queried(&l, "Lauderdlae"), "Fort Lauderdale 1");
	assert_string_equal(queried(&l, "Dorla"), "Doral 2");
	assert_string_equal(queried(&l, "kex"), "");
	q.facet_query_field = naive_field("city");
	q.facet_query = STR("Dorla");
	q.facet_query_num_typos = 0;
	assert_int_equal(run(&l, &q).counts_n, 0);
}

static void a_facet_query_of_numbers_is_their_beginning(void **state)
{
	struct listings l = towns(state);
	struct search_query q = by_facet("list_price");

	q.facet_query_field = naive_field("list_price");
	q.facet_query = STR("1");
	struct search_facet_result r = run(&l, &q);
	assert_string_equal(counts(&l, &r), "100 1, 1000 1, 1500 1");
}

static size_t total(const struct search_tallies *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += t->v[i].count;
	return n;
}

static void few_of_many_values_are_counted_without_a_counter_for_each(void **state)
{
	uint32_t ids[300], docs[300];
	struct search_column column = {.ids = ids};
	struct search_view v = {.column = &column};
	struct search_list l = {.docs = docs, .n = 300}, one = {.docs = docs, .n = 1};

	for (uint32_t i = 0; i < 300; i++) {
		docs[i] = i;
		ids[i] = i % 7 ? i % 5 * 1000000 : SEARCH_NONE;
	}
	struct search_tallies sparse = search_tally_values(*state, &v, &l, 5000000);
	assert_int_equal(sparse.n, 5);
	assert_int_equal(total(&sparse), 257);
	for (uint32_t i = 0; i < 300; i++)
		ids[i] = ids[i] == SEARCH_NONE ? SEARCH_NONE : ids[i] / 1000000;
	struct search_tallies dense = search_tally_values(*state, &v, &l, 5);
	assert_int_equal(dense.n, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(dense.v[i].key * 1000000, sparse.v[i].key);
		assert_int_equal(dense.v[i].count, sparse.v[i].count);
	}
	assert_int_equal(search_tally_values(*state, &v, &(struct search_list){0}, 5).n, 0);
	ids[0] = SEARCH_NONE;
	assert_int_equal(search_tally_values(*state, &v, &one, 5000000).n, 0);
}

static void numbers_of_all_kinds_are_counted_alike(void **state)
{
	static const double scales[] = {1, 0.5, 0.125, 0.1, 100000, -3};
	double x[1000];

	for (size_t s = 0; s < sizeof(scales) / sizeof(*scales); s++) {
		for (int i = 0; i < 1000; i++)
			x[i] = (i % 40 - 20) * scales[s];
		struct search_tallies t = search_tally_numbers(*state, x, 1000);
		assert_int_equal(t.n, 40);
		for (size_t i = 0; i < t.n; i++) {
			int step = scales[s] < 0 ? 19 - (int)i : (int)i - 20;
			assert_int_equal(t.v[i].count, 25);
			assert_true(search_number_of_key(t.v[i].key) == step * scales[s]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, naive_begin, naive_end)
		TEST(values_are_in_the_order_of_their_counts_then_of_themselves),
		TEST(values_may_be_in_the_order_of_the_alphabet),
		TEST(numbers_are_counted_and_measured),
		TEST(a_range_holds_its_low_end_but_not_its_high_one),
		TEST(only_what_was_found_counts),
		TEST(the_public_counts_no_hidden_address),
		TEST(a_facet_query_leaves_the_values_it_means),
		TEST(a_facet_query_forgives_typos_where_nothing_else_is_meant),
		TEST(a_facet_query_of_numbers_is_their_beginning),
		TEST(few_of_many_values_are_counted_without_a_counter_for_each),
		TEST(numbers_of_all_kinds_are_counted_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

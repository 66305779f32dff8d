/* The order of hits, pages and pinned hits. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "mod/search/run_local.h"
#include "support_search_check.h"

#define PUT(l, n, ...) put_listing((l), (n), (const char *const[]){__VA_ARGS__, NULL})

static struct search_sort by_field(const char *name, bool is_ascending)
{
	return (struct search_sort){.key = SEARCH_BY_FIELD,
		.field = naive_field(name),
		.is_ascending = is_ascending};
}

static struct search_query sorted(struct search_sort s)
{
	struct search_query q = query_of_all(SEARCH_PUBLIC);

	q.sorts[q.sorts_n++] = s;
	return q;
}

static void the_newest_come_first_and_ties_are_by_id(void **state)
{
	struct search_query q = query_of_all(SEARCH_PUBLIC);
	struct listings l;

	listings_init(&l, *state, 5, 0);
	PUT(&l, 5, "updated_at", "10");
	PUT(&l, 2, "updated_at", "30");
	PUT(&l, 4, "updated_at", "10");
	PUT(&l, 3, "city", "Miami");
	PUT(&l, 1, "updated_at", "20");
	assert_string_equal(found_by(&l, &q), "2 1 4 5 3");
}

static void absent_values_are_last_in_both_directions_unless_asked_for_first(void **state)
{
	struct search_query up = sorted(by_field("list_price", true));
	struct search_query down = sorted(by_field("list_price", false));
	struct listings l;

	listings_init(&l, *state, 4, 0);
	PUT(&l, 1, "list_price", "200");
	PUT(&l, 2, "city", "Miami");
	PUT(&l, 3, "list_price", "0");
	PUT(&l, 4, "list_price", "-5");
	assert_string_equal(found_by(&l, &up), "4 3 1 2");
	assert_string_equal(found_by(&l, &down), "1 3 4 2");
	up.sorts[0].is_missing_first = down.sorts[0].is_missing_first = true;
	assert_string_equal(found_by(&l, &up), "2 4 3 1");
	assert_string_equal(found_by(&l, &down), "2 1 3 4");
}

static void texts_are_in_the_order_of_their_folded_words(void **state)
{
	struct search_query q = sorted(by_field("building_name", true));
	struct listings l;

	listings_init(&l, *state, 6, 0);
	PUT(&l, 1, "building_name", "Élysée Tower Two");
	PUT(&l, 2, "building_name", "zebra");
	PUT(&l, 3, "building_name", "ELYSEE TOWER ONE");
	PUT(&l, 4, "building_name", "Elysee Tower");
	PUT(&l, 5, "building_name", "Aria");
	PUT(&l, 6, "city", "Miami");
	assert_string_equal(found_by(&l, &q), "5 4 3 1 2 6");
	q.sorts[0].is_ascending = false;
	assert_string_equal(found_by(&l, &q), "2 1 3 4 5 6");
}

static void the_second_key_decides_where_the_first_is_equal(void **state)
{
	struct search_query q = sorted(by_field("bedrooms", false));
	struct listings l;

	listings_init(&l, *state, 4, 0);
	PUT(&l, 1, "bedrooms", "2", "list_price", "9", "city", "B");
	PUT(&l, 2, "bedrooms", "3", "list_price", "5", "city", "A");
	PUT(&l, 3, "bedrooms", "3", "list_price", "4", "city", "A");
	PUT(&l, 4, "bedrooms", "3", "list_price", "4", "city", "B");
	q.sorts[q.sorts_n++] = by_field("list_price", true);
	q.sorts[q.sorts_n++] = by_field("city", false);
	assert_string_equal(found_by(&l, &q), "4 3 2 1");
	for (q.limit = 0; q.limit < 5; q.limit++)
		found_by(&l, &q);
}

static void a_distance_may_be_equal_within_a_radius_and_by_steps(void **state)
{
	struct search_query q = sorted((struct search_sort){.key = SEARCH_BY_DISTANCE,
		.field = naive_field("location"),
		.centre = {25, -80},
		.is_ascending = true});
	struct search_result r;
	struct listings l;

	listings_init(&l, *state, 5, 0);
	PUT(&l, 1, "location", "25.03,-80");
	PUT(&l, 2, "location", "25.01,-80");
	PUT(&l, 3, "location", "25.3,-80");
	PUT(&l, 4, "location", "25.31,-80");
	PUT(&l, 5, "city", "Miami");
	assert_string_equal(found_by(&l, &q), "2 1 3 4 5");
	q.sorts[0].is_ascending = false;
	assert_string_equal(found_by(&l, &q), "4 3 1 2 5");
	q.sorts[0].exclude_radius_m = 5000;
	assert_string_equal(found_by(&l, &q), "4 3 1 2 5");
	q.sorts[0].precision_m = 5000;
	assert_string_equal(found_by(&l, &q), "3 4 1 2 5");
	r = search_check(&l, &q);
	assert_int_equal(lround(r.hits[2].distance_m[0]), 3336);
	assert_true(r.hits[4].distance_m[0] < 0);
	assert_true(r.hits[0].distance_m[1] < 0);
}

static void the_public_learns_no_distance_of_a_hidden_address(void **state)
{
	struct search_query q = sorted((struct search_sort){.key = SEARCH_BY_DISTANCE,
		.field = naive_field("location"),
		.centre = {25, -80},
		.is_ascending = true});
	struct listing near = {.doc.is_public = true};
	struct listings l;

	listings_init(&l, *state, 2, 0);
	PUT(&l, 1, "location", "26,-80");
	near.doc.id[15] = 2;
	listing_set(&near, "location", "25,-80");
	listing_set(&near, "address_full", "1 A Street");
	listings_put(&l, near);
	struct search_result r = search_check(&l, &q);
	assert_string_equal(hits_of(&l, r.hits, r.hits_n), "1 2");
	assert_true(r.hits[1].distance_m[0] < 0);
	q.sorts[0] = by_field("address_full", true);
	assert_string_equal(found_by(&l, &q), "1 2");
	q.who = SEARCH_AGENTS;
	assert_string_equal(found_by(&l, &q), "2 1");
}

static void the_first_filter_that_is_true_gives_the_weight(void **state)
{
	struct listings l;

	listings_init(&l, *state, 4, 0);
	PUT(&l, 1, "bedrooms", "1");
	PUT(&l, 2, "bedrooms", "2", "city", "Miami");
	PUT(&l, 3, "bedrooms", "3");
	PUT(&l, 4, "city", "Miami");
	struct search_eval e[] = {
		{match_filter(&l, "city", text_operand(&l, SEARCH_EQUAL, "miami")), 3},
		{match_filter(&l, "bedrooms", range_operand(2, INFINITY)), 5},
	};
	struct search_query q =
		sorted((struct search_sort){.key = SEARCH_BY_EVAL, .evals = e, .evals_n = 2});
	assert_string_equal(found_by(&l, &q), "3 2 4 1");
	e[1].weight = -1;
	assert_string_equal(found_by(&l, &q), "2 4 1 3");
}

/* Scores 9 9 9 5 4 4 1 1 of the listings 1 to 8, whose prices fall. */
static const char *in_buckets(void **state, int buckets)
{
	static const uint64_t scores[] = {9, 9, 9, 5, 4, 4, 1, 1};
	struct search_query q =
		sorted((struct search_sort){.key = SEARCH_BY_TEXT_MATCH, .buckets = buckets});
	struct search_found found[8];
	struct search_order order;
	struct listings l;
	uint32_t docs[8];
	const char *text = "";

	q.sorts[q.sorts_n++] = by_field("list_price", true);
	listings_init(&l, *state, 8, 0);
	for (uint8_t i = 0; i < 8; i++) {
		PUT(&l, i + 1, "list_price", arena_printf(l.a, "%d", 100 - i));
		docs[i] = i;
		found[i] = (struct search_found){.doc = i, .score = scores[i]};
	}
	struct search_run r = {.ix = l.ix, .q = &q, .arena = l.a};
	struct search_list list = {.docs = docs, .found = found, .n = 8};
	search_order_init(&order, &r, &list);
	struct search_top top = search_top_new(l.a, &order, 8);
	for (size_t i = 0; i < 8; i++)
		search_top_offer(&top, i);
	search_top_sort(&top);
	for (size_t i = 0; i < top.n; i++)
		text = arena_printf(l.a, "%s%s%u", text, i ? " " : "", top.heap[i].doc + 1);
	return text;
}

static void buckets_of_scores_count_as_ties(void **state)
{
	assert_string_equal(in_buckets(state, 0), "3 2 1 4 6 5 8 7");
	assert_string_equal(in_buckets(state, 1), "8 7 6 5 4 3 2 1");
	/* Two of four: 9 9 9 5 and 4 4 1 1. */
	assert_string_equal(in_buckets(state, 2), "4 3 2 1 8 7 6 5");
	/* Four of two: the third 9 and the second 4 stay with their likes. */
	assert_string_equal(in_buckets(state, 4), "3 2 1 4 6 5 8 7");
	assert_string_equal(in_buckets(state, 100), "3 2 1 4 6 5 8 7");
}

/* Listings 1 to 6, the public does not see 6. */
static struct listings in_order(void **state)
{
	struct listing last = {.doc.is_address_public = true};
	struct listings l;

	listings_init(&l, *state, 6, 0);
	for (uint8_t i = 1; i < 6; i++)
		PUT(&l, i, "bedrooms", arena_printf(l.a, "%d", i));
	last.doc.id[15] = 6;
	listings_put(&l, last);
	return l;
}

static void pin(struct search_query *q, uint8_t id, uint32_t position)
{
	q->pins[q->pins_n].id[15] = id;
	q->pins[q->pins_n++].position = position;
}

static void pinned_hits_stand_at_their_positions(void **state)
{
	struct listings l = in_order(state);
	struct search_query q = query_of_all(SEARCH_PUBLIC);

	pin(&q, 5, 2);
	assert_string_equal(found_by(&l, &q), "1 5 2 3 4");
	pin(&q, 4, 2);
	pin(&q, 2, 1);
	pin(&q, 2, 4);
	assert_string_equal(found_by(&l, &q), "2 5 4 1 3");
	q.offset = 1;
	q.limit = 3;
	assert_string_equal(found_by(&l, &q), "5 4 1");
	q.offset = 4;
	assert_string_equal(found_by(&l, &q), "3");
}

static void a_pin_beyond_the_end_is_last(void **state)
{
	struct listings l = in_order(state);
	struct search_query q = query_of_all(SEARCH_PUBLIC);

	pin(&q, 2, 40);
	pin(&q, 1, 30);
	assert_string_equal(found_by(&l, &q), "3 4 5 1 2");
}

static void a_pin_brings_what_was_not_found_but_never_what_is_not_shown(void **state)
{
	struct listings l = in_order(state);
	struct search_query q = query_of_all(SEARCH_PUBLIC);
	uint8_t hidden[1][16] = {{[15] = 3}};

	q.filter = match_filter(&l, "bedrooms", range_operand(1, 2));
	pin(&q, 6, 1);
	pin(&q, 5, 1);
	pin(&q, 3, 2);
	pin(&q, 77, 3);
	assert_string_equal(found_by(&l, &q), "5 3 1 2");
	q.hidden = hidden;
	q.hidden_n = 1;
	assert_string_equal(found_by(&l, &q), "5 1 2");
	q.filter_pins = true;
	assert_string_equal(found_by(&l, &q), "1 2");
}

static void hidden_hits_are_not_found(void **state)
{
	struct listings l = in_order(state);
	struct search_query q = query_of_all(SEARCH_PUBLIC);
	uint8_t hidden[3][16] = {{[15] = 3}, {[15] = 6}, {[15] = 99}};

	q.hidden = hidden;
	q.hidden_n = 3;
	struct search_result r = search_check(&l, &q);
	assert_int_equal(r.found, 4);
	assert_int_equal(r.out_of, 5);
}

static void pages_end_where_hits_may_not_be_paged_any_more(void **state)
{
	struct listings l = in_order(state);
	struct search_query q = query_of_all(SEARCH_PUBLIC);
	struct search_result r;

	q.limit = 2;
	q.offset = 3;
	assert_string_equal(found_by(&l, &q), "4 5");
	q.limit_hits = 4;
	r = search_check(&l, &q);
	assert_string_equal(hits_of(&l, r.hits, r.hits_n), "4");
	assert_int_equal(r.found, 5);
	q.offset = 4;
	assert_string_equal(found_by(&l, &q), "");
	q.limit_hits = 0;
	q.offset = SIZE_MAX;
	assert_int_equal(search_index_run(l.ix, &q, l.a, &r, NULL), 0);
	assert_int_equal(r.hits_n, 0);
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void integers_are_sorted_by_their_digits(void **state)
{
	static const uint64_t masks[] = {UINT64_MAX, 0xff, UINT64_C(0xffff000000000000), 0,
		0x7ff800};
	static const size_t sizes[] = {0, 1, 2, 199, 200, 201, 5000};
	uint64_t *v = arena_array(*state, 5000, sizeof(*v)),
		 *w = arena_array(*state, 5000, sizeof(*w));
	uint64_t *room = arena_array(*state, 5000, sizeof(*room)), x = 1;

	for (size_t i = 0; i < 5 * 7; i++) {
		size_t n = sizes[i % 7];
		for (size_t j = 0; j < n; j++) {
			x = x * UINT64_C(6364136223846793005) + 99;
			v[j] = w[j] = (x ^ x >> 31) & masks[i / 7];
		}
		search_radix_sort(v, n, room);
		qsort(w, n, sizeof(*w), ascending);
		assert_memory_equal(v, w, n * sizeof(*v));
	}
}

static void numbers_are_keys_in_their_order_and_back(void **state)
{
	static const double v[] = {-INFINITY, -1e300, -7.5, -1, -1e-300, 0, 1e-300, 2.5, 3, 9e15,
		1.0e16, INFINITY};
	static const char *const texts[] = {"-inf", "-1e+300", "-7.5", "-1", "-1e-300", "0",
		"1e-300", "2.5", "3", "9000000000000000", "1e+16", "inf"};

	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++) {
		uint64_t key = search_number_key(v[i]);
		assert_true(key > 0 && key < UINT64_MAX);
		assert_true(!i || key > search_number_key(v[i - 1]));
		assert_true(search_number_of_key(key) == v[i]);
		struct str text = search_number_text(*state, v[i]);
		assert_true(str_eq(text, str_of(texts[i])));
	}
	assert_true(search_number_key(-0.0) == search_number_key(0.0));
	assert_true(str_eq(search_number_text(*state, 0.1), STR("0.1")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, naive_begin, naive_end)
		TEST(the_newest_come_first_and_ties_are_by_id),
		TEST(absent_values_are_last_in_both_directions_unless_asked_for_first),
		TEST(texts_are_in_the_order_of_their_folded_words),
		TEST(the_second_key_decides_where_the_first_is_equal),
		TEST(a_distance_may_be_equal_within_a_radius_and_by_steps),
		TEST(the_public_learns_no_distance_of_a_hidden_address),
		TEST(the_first_filter_that_is_true_gives_the_weight),
		TEST(buckets_of_scores_count_as_ties),
		TEST(pinned_hits_stand_at_their_positions),
		TEST(a_pin_beyond_the_end_is_last),
		TEST(a_pin_brings_what_was_not_found_but_never_what_is_not_shown),
		TEST(hidden_hits_are_not_found),
		TEST(pages_end_where_hits_may_not_be_paged_any_more),
		TEST(integers_are_sorted_by_their_digits),
		TEST(numbers_are_keys_in_their_order_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Filters, and whole searches that are compared with a look at every listing. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "mod/search/words.h"
#include "support_search_check.h"

#define AGENTS SEARCH_AGENTS
#define PUBLIC SEARCH_PUBLIC

/* Listings 1 to 6, of which the public may not see 4, nor the address of 5. */
static struct listings six(void **state)
{
	static const char *const cities[] = {"Miami", "Miami Beach", "North Miami", "miami", NULL,
		"Doral"};
	static const char *const prices[] = {"100", "200", "300", NULL, "500", "250"};
	struct listings l;

	listings_init(&l, *state, 6, 0);
	for (int i = 0; i < 6; i++) {
		struct listing x = {.doc.is_public = i != 3, .doc.is_address_public = i != 4};
		x.doc.id[15] = (uint8_t)(i + 1);
		listing_set(&x, "city", cities[i]);
		listing_set(&x, "list_price", prices[i]);
		listing_set(&x, "address_full", "1 Ocean Drive");
		listing_set(&x, "marketing_description", "quiet street");
		listing_set(&x, "location", arena_printf(l.a, "25.%d,-80", i));
		listings_put(&l, x);
	}
	return l;
}

static const char *filtered(const struct listings *l, enum search_audience who,
	const struct search_filter *f)
{
	struct search_query q = query_of_all(who);

	q.filter = f;
	return found_by(l, &q);
}

static const char *by_text(const struct listings *l, enum search_audience who, const char *name,
	enum search_test test, const char *text)
{
	return filtered(l, who, match_filter(l, name, text_operand(l, test, text)));
}

static void a_whole_value_is_compared_without_case_and_signs(void **state)
{
	struct listings l = six(state);

	assert_string_equal(by_text(&l, AGENTS, "city", SEARCH_EQUAL, "MIAMI"), "1 4");
	assert_string_equal(by_text(&l, AGENTS, "city", SEARCH_EQUAL, "miami-beach"), "2");
	assert_string_equal(by_text(&l, AGENTS, "city", SEARCH_EQUAL, "mia*"), "1 2 4");
	assert_string_equal(by_text(&l, AGENTS, "city", SEARCH_EQUAL, "Beach"), "");
	assert_string_equal(by_text(&l, AGENTS, "address_full", SEARCH_EQUAL, "1 ocean drive"),
		"1 2 3 4 5 6");
}

static void words_of_a_value_stand_anywhere_but_together(void **state)
{
	struct listings l = six(state);

	assert_string_equal(by_text(&l, AGENTS, "city", SEARCH_HAS, "miami"), "1 2 3 4");
	assert_string_equal(by_text(&l, AGENTS, "city", SEARCH_HAS, "beach miami"), "");
	assert_string_equal(by_text(&l, AGENTS, "city", SEARCH_HAS, "miami be*"), "2");
	assert_string_equal(by_text(&l, AGENTS, "city", SEARCH_HAS, "iami"), "");
	assert_string_equal(by_text(&l, AGENTS, "address_full", SEARCH_HAS, "ocean dr*"),
		"1 2 3 4 5 6");
}

static void a_star_alone_asks_for_any_value(void **state)
{
	struct listings l = six(state);
	struct search_query q = query_of_all(AGENTS);
	struct search_result r;

	q.filter = match_filter(&l, "city", text_operand(&l, SEARCH_EQUAL, "*"));
	assert_int_equal(search_index_run(l.ix, &q, l.a, &r, NULL), 0);
	assert_string_equal(hits_of(&l, r.hits, r.hits_n), "1 2 3 4 6");
}

static void a_negation_is_true_where_there_is_no_value(void **state)
{
	struct listings l = six(state);
	const struct search_filter *f =
		match_filter(&l, "city", text_operand(&l, SEARCH_HAS, "miami"));

	assert_string_equal(filtered(&l, AGENTS, not_filter(&l, f)), "5 6");
	f = match_filter(&l, "list_price", range_operand(200, 300));
	assert_string_equal(filtered(&l, AGENTS, f), "2 3 6");
	assert_string_equal(filtered(&l, AGENTS, not_filter(&l, f)), "1 4 5");
}

static void a_list_may_mix_numbers_and_ranges(void **state)
{
	struct listings l = six(state);
	struct search_operand o[] = {range_operand(100, 100), range_operand(240, 310),
		range_operand(301, 499), range_operand(600, 200), range_operand(-INFINITY, 50)};
	struct search_filter f = {.op = SEARCH_MATCH,
		.field = naive_field("list_price"),
		.operands = o,
		.operands_n = 5};

	assert_string_equal(filtered(&l, AGENTS, &f), "1 3 6");
	o[1].is_open_low = o[2].is_open_high = true;
	o[1].low = 250;
	o[2].high = 500;
	assert_string_equal(filtered(&l, AGENTS, &f), "1 3");
}

static void the_public_does_not_filter_by_what_it_may_not_see(void **state)
{
	struct listings l = six(state);
	struct search_operand circle = {.test = SEARCH_RADIUS,
		.centre = {25.4, -80},
		.radius_m = 15000};
	const struct search_filter *near = match_filter(&l, "location", circle);

	assert_string_equal(by_text(&l, PUBLIC, "city", SEARCH_HAS, "miami"), "1 2 3");
	assert_string_equal(by_text(&l, PUBLIC, "address_full", SEARCH_HAS, "ocean"), "1 2 3 6");
	assert_string_equal(filtered(&l, AGENTS, near), "4 5 6");
	assert_string_equal(filtered(&l, PUBLIC, near), "6");
	assert_string_equal(filtered(&l, PUBLIC, not_filter(&l, near)), "1 2 3 5");
	assert_string_equal(by_text(&l, PUBLIC, "marketing_description", SEARCH_HAS, "quiet"), "");
	assert_string_equal(by_text(&l, AGENTS, "marketing_description", SEARCH_HAS, "quiet"),
		"1 2 3 4 5 6");
}

static void a_listing_is_found_by_its_id(void **state)
{
	struct listings l = six(state);
	struct search_query q = query_of_all(PUBLIC);
	struct search_result r;
	struct search_operand o[] = {
		text_operand(&l, SEARCH_EQUAL, "00000000-0000-0000-0000-000000000002"),
		text_operand(&l, SEARCH_EQUAL, "00000000-0000-0000-0000-000000000004"),
		text_operand(&l, SEARCH_EQUAL, "00000000-0000-0000-0000-000000000009"),
		text_operand(&l, SEARCH_EQUAL, "no id"),
	};
	struct search_filter f = {.op = SEARCH_MATCH,
		.field = naive_field("id"),
		.operands = o,
		.operands_n = 4};

	q.filter = &f;
	assert_int_equal(search_index_run(l.ix, &q, l.a, &r, NULL), 0);
	assert_string_equal(hits_of(&l, r.hits, r.hits_n), "2");
	q.filter = not_filter(&l, &f);
	assert_int_equal(search_index_run(l.ix, &q, l.a, &r, NULL), 0);
	assert_string_equal(hits_of(&l, r.hits, r.hits_n), "1 3 5 6");
}

static void a_search_that_is_cut_off_finds_nothing_wrong(void **state)
{
	struct listings l = six(state);
	struct search_query q = query_of_all(AGENTS);
	struct search_result r;
	size_t many = 20000;

	/* So many hidden ids that a microsecond is over before the filter is looked at. */
	q.hidden = arena_array(l.a, many, sizeof(*q.hidden));
	q.hidden_n = many;
	q.cutoff_us = 1;
	q.filter = not_filter(&l, match_filter(&l, "list_price", range_operand(100, 300)));
	assert_int_equal(search_index_run(l.ix, &q, l.a, &r, NULL), 0);
	assert_true(r.was_cut_off);
	assert_int_equal(r.found, 0);
	q.cutoff_us = 60 * 1000000;
	assert_int_equal(search_index_run(l.ix, &q, l.a, &r, NULL), 0);
	assert_false(r.was_cut_off);
	assert_int_equal(r.found, 2);
}

static void a_filter_may_be_long(void **state)
{
	struct listings l = six(state);
	const struct search_filter *price = match_filter(&l, "list_price", range_operand(200, 200));
	struct search_filter *f = NULL;

	for (int i = 0; i < SEARCH_FILTER_NODES / 2 - 1; i++) {
		struct search_filter *next = ARENA_NEW(l.a, struct search_filter);
		*next = (struct search_filter){.op = SEARCH_OR,
			.left = f ? f : price,
			.right = price};
		f = next;
	}
	assert_string_equal(filtered(&l, AGENTS, f), "2");
}

static void words_are_looked_for_in_what_the_filter_leaves_and_pins_come_on_top(void **state)
{
	struct listings l = six(state);
	struct search_query q = query_of_all(AGENTS);
	struct search_word *word;
	struct search_result r;

	q.is_all = false;
	q.q = STR("miami");
	q.terms_n = 1;
	q.terms[0].n = search_words(l.a, q.q, 1, &word);
	q.terms[0].words = word;
	q.by[q.by_n++] = (struct search_by){.field = naive_field("city"), .weight = 1};
	q.sorts[q.sorts_n++] = (struct search_sort){.key = SEARCH_BY_FIELD,
		.field = naive_field("list_price"),
		.is_ascending = true};
	q.filter = match_filter(&l, "list_price", range_operand(150, 1000));
	assert_int_equal(search_index_run(l.ix, &q, l.a, &r, NULL), 0);
	assert_string_equal(hits_of(&l, r.hits, r.hits_n), "2 3");
	assert_true(r.hits[0].text_match > 0);
	q.pins[0].id[15] = 3;
	q.pins[1].id[15] = 6;
	q.pins[0].position = q.pins[1].position = 1;
	q.pins_n = 2;
	q.facets[q.facets_n++] = (struct search_facet){.field = naive_field("city")};
	assert_int_equal(search_index_run(l.ix, &q, l.a, &r, NULL), 0);
	assert_string_equal(hits_of(&l, r.hits, r.hits_n), "3 6 2");
	assert_int_equal(r.found, 3);
	assert_int_equal(r.facets[0].counts_n, 3);
	assert_true(r.hits[0].is_pinned && r.hits[1].is_pinned && !r.hits[2].is_pinned);
	assert_true(r.hits[0].text_match > 0 && r.hits[1].text_match == 0);
}

/* --- searches by chance ---------------------------------------------------------------------------- */

static void random_sorts(struct listings *l, struct search_query *q)
{
	static const char *const names[] = {"list_price", "city", "bedrooms", "updated_at",
		"building_name", "address_full", "subdivision", "bathrooms"};

	q->sorts_n = listings_random(l, SEARCH_SORTS_MAX + 1);
	for (size_t i = 0; i < q->sorts_n; i++) {
		struct search_sort *s = &q->sorts[i];
		uint32_t kind = listings_random(l, 8);
		s->is_ascending = listings_random(l, 2);
		s->is_missing_first = listings_random(l, 4) == 0;
		s->key = kind < 5   ? SEARCH_BY_FIELD
			: kind == 5 ? SEARCH_BY_DISTANCE
			: kind == 6 ? SEARCH_BY_EVAL
				    : SEARCH_BY_TEXT_MATCH;
		s->field = naive_field(names[listings_random(l, sizeof(names) / sizeof(*names))]);
		if (s->key == SEARCH_BY_DISTANCE) {
			s->field = naive_field("location");
			s->centre = (struct search_point){25.3, -80.7};
			s->exclude_radius_m = listings_random(l, 2) * 20000;
			s->precision_m = listings_random(l, 2) * 7000;
		} else if (s->key == SEARCH_BY_EVAL) {
			struct search_eval *e = arena_array(l->a, 2, sizeof(*e));
			s->evals = e;
			s->evals_n = 1 + listings_random(l, 2);
			for (size_t j = 0; j < s->evals_n; j++)
				e[j] = (struct search_eval){listings_random_filter(l, 1),
					(int64_t)listings_random(l, 9) - 2};
		}
	}
}

static void random_facets(struct listings *l, struct search_query *q)
{
	static const char *const names[] = {"city", "standard_status", "building_name",
		"subdivision", "list_price", "bedrooms", "bathrooms", "year_built",
		"source_provider"};

	q->facets_n = listings_random(l, 4);
	q->max_facet_values = (int)listings_random(l, 12);
	for (size_t i = 0; i < q->facets_n; i++)
		q->facets[i] = (struct search_facet){.field = naive_field(names[listings_random(l,
							     sizeof(names) / sizeof(*names))]),
			.by_alpha = listings_random(l, 2),
			.is_ascending = listings_random(l, 2)};
}

static void random_groups(struct listings *l, struct search_query *q)
{
	static const char *const names[] = {"city", "building_name", "bedrooms", "bathrooms",
		"property_type", "subdivision"};

	if (listings_random(l, 3))
		return;
	q->group_n = 1 + listings_random(l, 2);
	q->group_limit = 1 + listings_random(l, 4);
	q->group_missing = listings_random(l, 2);
	for (size_t i = 0; i < q->group_n; i++)
		q->group_fields[i] =
			naive_field(names[listings_random(l, sizeof(names) / sizeof(*names))]);
}

static void random_pins(struct listings *l, struct search_query *q)
{
	uint8_t(*hidden)[16] = arena_array(l->a, 5, sizeof(*hidden));

	q->hidden = (const uint8_t(*)[16])hidden;
	if (listings_random(l, 3))
		return;
	q->hidden_n = listings_random(l, 5);
	for (size_t i = 0; i < q->hidden_n; i++)
		memcpy(hidden[i], l->v[listings_random(l, (uint32_t)l->n)].doc.id, sizeof(*hidden));
	q->pins_n = listings_random(l, 6);
	q->filter_pins = listings_random(l, 2);
	for (size_t i = 0; i < q->pins_n; i++) {
		q->pins[i].position = 1 + listings_random(l, 14);
		memcpy(q->pins[i].id, l->v[listings_random(l, (uint32_t)l->n)].doc.id,
			sizeof(q->pins[i].id));
	}
}

static struct search_query random_query(struct listings *l)
{
	struct search_query q = query_of_all(listings_random(l, 2) ? PUBLIC : AGENTS);

	if (listings_random(l, 6))
		q.filter = listings_random_filter(l, 3);
	random_sorts(l, &q);
	random_facets(l, &q);
	random_groups(l, &q);
	random_pins(l, &q);
	q.offset = listings_random(l, 3) ? 0 : listings_random(l, 60);
	q.limit = listings_random(l, 40);
	q.limit_hits = listings_random(l, 5) ? 0 : listings_random(l, 50);
	return q;
}

static void searches_find_what_a_look_at_every_listing_finds(void **state)
{
	(void)state;
	for (uint64_t round = 0; round < 4; round++) {
		struct arena *a = arena_new();
		struct listings l;
		listings_init(&l, a, 300, round);
		listings_make(&l, round < 2 ? 70 : 300);
		for (int i = 0; i < 60; i++) {
			struct search_query q = random_query(&l);
			search_check(&l, &q);
		}
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, naive_begin, naive_end)
		TEST(a_whole_value_is_compared_without_case_and_signs),
		TEST(words_of_a_value_stand_anywhere_but_together),
		TEST(a_star_alone_asks_for_any_value),
		TEST(a_negation_is_true_where_there_is_no_value),
		TEST(a_list_may_mix_numbers_and_ranges),
		TEST(the_public_does_not_filter_by_what_it_may_not_see),
		TEST(a_listing_is_found_by_its_id),
		TEST(a_search_that_is_cut_off_finds_nothing_wrong),
		TEST(a_filter_may_be_long),
		TEST(words_are_looked_for_in_what_the_filter_leaves_and_pins_come_on_top),
		TEST(searches_find_what_a_look_at_every_listing_finds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

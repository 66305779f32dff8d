#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "support_search_print.h"

#include "base/arena.h"
#include "base/json.h"
#include "mod/search/search.h"

#define N(a) (sizeof(a) / sizeof(*(a)))
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
#define ID(n) "00000000-0000-0000-0000-00000000000" n

static int setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static struct search_query query(struct arena *a, const char *params)
{
	struct err e = {.arena = a};
	const struct json *v = json_parse(a, str_of(params), &e);
	struct search_query q = {.by_n = 0};

	if (!v || search_query_read(a, v, SEARCH_PUBLIC, &q, &e))
		fail_msg("%s: %s", params, e.msg);
	return q;
}

static void has_typesenses_defaults(void **state)
{
	struct search_query q = query(*state, "{}");

	assert_true(q.is_all);
	assert_int_equal(q.terms_n + q.by_n + q.sorts_n + q.facets_n + q.group_n + q.pins_n +
			q.hidden_n,
		0);
	assert_null(q.filter);
	assert_int_equal(q.offset, 0);
	assert_int_equal(q.limit, 10);
	assert_int_equal(q.limit_hits, 0);
	assert_int_equal(q.max_facet_values, 10);
	assert_int_equal(q.facet_query_field, -1);
	assert_int_equal(q.facet_query_num_typos, 2);
	assert_int_equal(q.group_limit, 3);
	assert_true(q.group_missing && q.prioritize_exact_match &&
		q.prioritize_num_matching_fields && q.split_join);
	assert_false(q.is_exhaustive || q.prioritize_token_position || q.filter_pins);
	assert_int_equal(q.min_len_1typo, 4);
	assert_int_equal(q.min_len_2typo, 7);
	assert_int_equal(q.typo_tokens_threshold, 1);
	assert_int_equal(q.drop_tokens_threshold, 1);
	assert_int_equal(q.max_candidates, 4);
	assert_int_equal(q.drop_mode, SEARCH_DROP_RIGHT);
	assert_int_equal(q.score, SEARCH_MAX_SCORE);
	assert_int_equal(q.cutoff_us, 0);
}

static void takes_texts_numbers_and_bools(void **state)
{
	struct search_query q = query(*state,
		"{\"page\": \"3\", \"per_page\": 20, \"exhaustive_search\": true, \"prioritize_exact_match\": \"false\","
		"\"group_limit\": 5.0, \"search_cutoff_ms\": \"50\", \"num_typos\": 1, \"prefix\": false, \"q\": 33101,"
		"\"query_by\": \"city,postal_code\", \"max_facet_values\": null, \"limit_hits\": \"\"}");

	assert_int_equal(q.offset, 40);
	assert_int_equal(q.limit, 20);
	assert_true(q.is_exhaustive);
	assert_int_equal(q.max_candidates, 10000);
	assert_false(q.prioritize_exact_match);
	assert_int_equal(q.group_limit, 5);
	assert_int_equal(q.cutoff_us, 50000);
	assert_int_equal(q.by[0].num_typos, 1);
	assert_int_equal(q.by[1].num_typos, 1);
	assert_false(q.by[0].prefix || q.by[1].prefix);
	assert_string_equal(search_print_terms(*state, &q), "33101");
}

static void pages_by_number_or_by_offset(void **state)
{
	struct search_query q = query(*state, "{\"offset\": 15, \"limit\": 5, \"per_page\": 7}");

	assert_int_equal(q.offset, 15);
	assert_int_equal(q.limit, 5);
	q = query(*state, "{\"page\": 4, \"per_page\": 0, \"limit_hits\": 100}");
	assert_int_equal(q.offset, 0);
	assert_int_equal(q.limit, 0);
	q = query(*state, "{\"page\": 4, \"per_page\": 25, \"limit_hits\": 100}");
	assert_int_equal(q.offset, 75);
}

static void cuts_q_into_terms(void **state)
{
	static const struct {
		const char *q, *terms;
	} cases[] = {
		{"", ""},
		{"*", ""},
		{" * ", ""},
		{"-", ""},
		{"Ocean View", "ocean, view"},
		{"O'Neil wi-fi", "o, neil, wi, fi"},
		{"condo -pool", "condo, -pool"},
		{"-wi-fi condo", "-'wi fi', condo"},
		{"\\\"ocean view\\\" condo", "'ocean view', condo"},
		{"condo -\\\"golf course\\\" x", "condo, -'golf course', x"},
		{"\\\"condo\\\"", "'condo'"},
		{"a\\\"b c\\\"d", "a, 'b c', d"},
		{"\\\"a b\\\"-c", "'a b', c"},
		{"\\\"open end", "open, end"},
		{"\\\"\\\" x", "x"},
		{"a - b", "a, b"},
		{"* -pool", "-pool"},
		{"Señor ÉCLAIR", "senor, eclair"},
		{"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22",
			"1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20"},
		{"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 \\\"20 21 22\\\"",
			"1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, '20'"},
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct search_query q = query(*state,
			arena_printf(*state, "{\"q\": \"%s\", \"query_by\": \"city\"}",
				cases[i].q));
		assert_string_equal(search_print_terms(*state, &q), cases[i].terms);
		assert_int_equal(q.is_all, !cases[i].terms[0]);
	}
}

static void reads_what_belongs_to_each_field(void **state)
{
	struct search_query q = query(*state,
		"{\"query_by\": \"city, subdivision,public_remarks\", \"prefix\": \"true,false, true\","
		"\"num_typos\": \"2,1,0\", \"infix\": \"off,always,fallback\"}");

	assert_int_equal(q.by_n, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(q.by[i].weight, 3 - i);
		assert_int_equal(q.by[i].num_typos, 2 - i);
		assert_int_equal(q.by[i].infix, i);
		assert_int_equal(q.by[i].prefix, i != 1);
	}
	q = query(*state,
		"{\"query_by\": \"city,subdivision\", \"query_by_weights\": \"1,127\", \"infix\": \"fallback\"}");
	assert_int_equal(q.by[0].weight, 1);
	assert_int_equal(q.by[1].weight, 127);
	assert_int_equal(q.by[1].num_typos, 2);
	assert_int_equal(q.by[1].infix, SEARCH_INFIX_FALLBACK);
	assert_true(q.by[1].prefix);
}

static void reads_facets(void **state)
{
	static const struct {
		const char *facet_by, *facets;
	} cases[] = {
		{"city", "city"},
		{" city , state ", "city, state"},
		{"city(sort_by: _alpha:asc),state(sort_by:_alpha:desc)", "city a-z, state z-a"},
		{"list_price(Cheap:[0, 100000], Rest:[100000, ]), bedrooms",
			"list_price Cheap[0 100000] Rest[100000 inf], bedrooms"},
		{"bathrooms(any number:[,1.5],more:[2.5,9])",
			"bathrooms any number[-inf 1.5] more[2.5 9]"},
		{"bedrooms(few:[0,3], sort_by: _alpha:asc)", "bedrooms few[0 3] a-z"},
		{"list_p*", "list_price"},
		{"state,st*", "state, standard_status"},
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct search_query q = query(*state,
			arena_printf(*state, "{\"facet_by\": \"%s\"}", cases[i].facet_by));
		assert_string_equal(search_print_facets(*state, &q), cases[i].facets);
	}
	struct search_query q = query(*state,
		"{\"facet_by\": \"*\", \"facet_query\": \"city: coral ga\", \"facet_query_num_typos\": 1}");
	assert_true(q.facets_n > 15);
	for (size_t i = 0; i < q.facets_n; i++)
		assert_true((search_fields[q.facets[i].field].flags &
				    (SEARCH_FACET | SEARCH_AGENT)) == SEARCH_FACET);
	assert_string_equal(search_fields[q.facet_query_field].name, "city");
	assert_string_equal(str_cstr(*state, q.facet_query), "coral ga");
	assert_int_equal(q.facet_query_num_typos, 1);
}

static void reads_groups_and_pins(void **state)
{
	struct search_query q = query(*state,
		"{\"group_by\": \"city, state\", \"group_limit\": 99, \"group_missing_values\": false,"
		"\"pinned_hits\": \"" ID("1") ":2, " ID("2") ":1\", \"hidden_hits\": \"" ID(
			"3") "," ID("4") "\","
					 "\"filter_curated_hits\": true}");

	assert_int_equal(q.group_n, 2);
	assert_string_equal(search_fields[q.group_fields[1]].name, "state");
	assert_int_equal(q.group_limit, 99);
	assert_false(q.group_missing);
	assert_int_equal(q.pins_n, 2);
	assert_int_equal(q.pins[0].id[15], 1);
	assert_int_equal(q.pins[0].position, 2);
	assert_int_equal(q.hidden_n, 2);
	assert_int_equal(q.hidden[1][15], 4);
	assert_true(q.filter_pins);
}

static void reads_how_hard_to_look(void **state)
{
	struct search_query q = query(*state,
		"{\"q\": \"a b c\", \"query_by\": \"city\", \"drop_tokens_mode\": \"both_sides:3\", \"split_join_tokens\": \"off\","
		"\"text_match_type\": \"sum_score\", \"max_candidates\": 7, \"typo_tokens_threshold\": 0}");

	assert_int_equal(q.drop_mode, SEARCH_DROP_BOTH);
	assert_false(q.split_join);
	assert_int_equal(q.score, SEARCH_SUM_SCORE);
	assert_int_equal(q.max_candidates, 7);
	assert_int_equal(q.typo_tokens_threshold, 0);
	q = query(*state,
		"{\"q\": \"a b c d -e\", \"query_by\": \"city\", \"drop_tokens_mode\": \"both_sides:3\"}");
	assert_int_equal(q.drop_mode, SEARCH_DROP_RIGHT);
	q = query(*state, "{\"drop_tokens_mode\": \"left_to_right\"}");
	assert_int_equal(q.drop_mode, SEARCH_DROP_LEFT);
}

static void passes_over_what_is_not_the_engines(void **state)
{
	query(*state,
		"{\"include_fields\": \"id\", \"highlight_fields\": \"none\", \"use_cache\": true, \"preset\": \"x\", \"vector_query\": \"v:([])\","
		"\"collection\": \"listings\", \"conversation\": true, \"synonym_sets\": \"a\", \"x\": 1, \"some_new_thing\": []}");
}

static const struct refusal {
	const char *params, *sentence;
	int code;
} refusals[] = {
	{"[]", "a search is an object of parameters, not array", E_INPUT},
	{"{\"perPage\": 1}", "There is no parameter `perPage`. Did you mean `per_page`?", E_INPUT},
	{"{\"queryByWeights\": 1}",
		"There is no parameter `queryByWeights`. Did you mean `query_by_weights`?",
		E_INPUT},
	{"{\"filter-by\": 1}", "There is no parameter `filter-by`. Did you mean `filter_by`?",
		E_INPUT},
	{"{\"sortt_by\": 1}", "There is no parameter `sortt_by`. Did you mean `sort_by`?", E_INPUT},
	{"{\"query_by\": [\"city\"]}", "query_by takes a text, a number or a bool, not array",
		E_INPUT},
	{"{\"q\": {}}", "q takes a text, a number or a bool, not object", E_INPUT},
	{"{\"q\": \"x\"}", "No search fields specified for the query: query_by names them",
		E_INPUT},
	{"{\"query_by\": \"city,ctiy\"}",
		"query_by at 6: Could not find a field named `ctiy` in the schema. Did you mean `city`?",
		E_ABSENT},
	{"{\"query_by\": \"marketing_description\"}",
		"query_by at 1: Could not find a field named `marketing_description` in the schema.",
		E_ABSENT},
	{"{\"query_by\": \"city,list_price\"}",
		"query_by at 6: Field `list_price` should be a string to be searched for words",
		E_INPUT},
	{"{\"query_by\": \"city,city\"}", "query_by at 6: `city` is there twice", E_INPUT},
	{"{\"query_by\": \"city,state\", \"query_by_weights\": \"1\"}",
		"query_by_weights: the number of values, 1, does not match the number of `query_by` fields, 2",
		E_INPUT},
	{"{\"query_by\": \"city,state\", \"query_by_weights\": \"1,128\"}",
		"query_by_weights at 3: `128` is not a number from 0 to 127", E_INPUT},
	{"{\"query_by\": \"city,state\", \"num_typos\": \"1,1,1\"}",
		"num_typos: the number of values, 3, does not match the number of `query_by` fields, 2",
		E_INPUT},
	{"{\"query_by\": \"city\", \"num_typos\": 3}",
		"num_typos at 1: `3` is not a number from 0 to 2", E_INPUT},
	{"{\"query_by\": \"city\", \"prefix\": \"maybe\"}",
		"prefix at 1: `maybe` is neither true nor false", E_INPUT},
	{"{\"query_by\": \"city\", \"infix\": \"on\"}",
		"infix at 1: `on` is none of off, always and fallback", E_INPUT},
	{"{\"filter_by\": \" city:\"}",
		"filter_by at 7: Error with filter field `city`: Filter value cannot be empty",
		E_INPUT},
	{"{\"facet_by\": \"public_remarks\"}",
		"facet_by at 1: Could not find a facet field named `public_remarks` in the schema.",
		E_ABSENT},
	{"{\"facet_by\": \"zz*\"}",
		"facet_by at 1: Could not find a facet field for `zz*` in the schema.", E_ABSENT},
	{"{\"facet_by\": \"import*\"}",
		"facet_by at 1: Could not find a facet field for `import*` in the schema.",
		E_ABSENT},
	{"{\"facet_by\": \"city(a:[0,1])\"}",
		"facet_by at 8: Range facet is restricted to only integer and float fields, and `city` is a string",
		E_INPUT},
	{"{\"facet_by\": \"bedrooms(a:[0,3],b:[2,5])\"}",
		"facet_by at 20: the range here overlaps another one", E_INPUT},
	{"{\"facet_by\": \"bedrooms(a:[3,3])\"}",
		"facet_by at 12: the range here ends before it begins", E_INPUT},
	{"{\"facet_by\": \"bedrooms(a:[3,x])\"}",
		"facet_by at 15: Error with filter field `bedrooms`: `x` is not an int32", E_INPUT},
	{"{\"facet_by\": \"bedrooms(a:[3]\"}", "facet_by at 13: a range is written as [low, high]",
		E_INPUT},
	{"{\"facet_by\": \"city(sort_by: list_price:asc)\"}",
		"facet_by at 15: facet values are sorted by _alpha:asc, _alpha:desc, or, without sort_by, by count",
		E_INPUT},
	{"{\"facet_by\": \"city(sort_by: _alpha:asc\"}",
		"facet_by at 5: what begins here with ( has no )", E_INPUT},
	{"{\"facet_by\": \"city\", \"facet_query\": \"x\"}",
		"facet_query at 1: Facet query must be in the `facet_field: value` format",
		E_INPUT},
	{"{\"facet_query\": \"city:x\"}",
		"facet_query at 1: The `facet_query` parameter is supplied without a `facet_by` parameter",
		E_INPUT},
	{"{\"facet_by\": \"state\", \"facet_query\": \"city:x\"}",
		"facet_query at 1: Facet query refers to a facet field `city` that is not part of `facet_by` parameter",
		E_INPUT},
	{"{\"group_by\": \"public_remarks\"}",
		"group_by at 1: Group by field `public_remarks` should be a facet field", E_INPUT},
	{"{\"group_limit\": 100}", "group_limit is a number from 1 to 99, not 100", E_INPUT},
	{"{\"page\": 0}", "page is a number from 1 to 4294967295, not 0", E_INPUT},
	{"{\"per_page\": 251}", "per_page is a number from 0 to 250, not 251", E_INPUT},
	{"{\"limit\": \"x\"}", "limit takes a whole number, not `x`", E_INPUT},
	{"{\"page\": 3, \"per_page\": 50, \"limit_hits\": 100}",
		"Only up to 100 hits can be fetched. Ensure that `page` and `per_page` parameters are within this range.",
		E_INPUT},
	{"{\"drop_tokens_mode\": \"both_sides\"}",
		"drop_tokens_mode takes right_to_left, left_to_right or both_sides:3, not `both_sides`",
		E_INPUT},
	{"{\"text_match_type\": \"min\"}",
		"text_match_type takes max_score, max_weight or sum_score, not `min`", E_INPUT},
	{"{\"exhaustive_search\": \"perhaps\"}",
		"exhaustive_search takes true or false, not `perhaps`", E_INPUT},
	{"{\"pinned_hits\": \"1:1\"}", "pinned_hits at 1: `1` is not the id of a listing", E_INPUT},
	{"{\"pinned_hits\": \"" ID("1") "\"}",
		"pinned_hits at 1: an id and the position of its hit are wanted here: id:1",
		E_INPUT},
	{"{\"pinned_hits\": \"" ID("1") ":0\"}", "pinned_hits at 38: a position is a number from 1",
		E_INPUT},
	{"{\"pinned_hits\": \"" ID("1") ":1," ID("1") ":2\"}",
		"pinned_hits at 40: this id is there twice", E_INPUT},
	{"{\"hidden_hits\": \"" ID("1") ",x\"}",
		"hidden_hits at 38: `x` is not the id of a listing", E_INPUT},
};

static void refuses_with_a_sentence(void **state)
{
	for (size_t i = 0; i < N(refusals); i++) {
		struct err e = {.arena = *state};
		struct search_query q;
		const struct json *v = json_parse(*state, str_of(refusals[i].params), &e);
		assert_non_null(v);
		if (!search_query_read(*state, v, SEARCH_PUBLIC, &q, &e))
			fail_msg("%s is taken", refusals[i].params);
		assert_string_equal(e.msg, refusals[i].sentence);
		assert_int_equal(e.code, refusals[i].code);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(has_typesenses_defaults),
		CASE(takes_texts_numbers_and_bools),
		CASE(pages_by_number_or_by_offset),
		CASE(cuts_q_into_terms),
		CASE(reads_what_belongs_to_each_field),
		CASE(reads_facets),
		CASE(reads_groups_and_pins),
		CASE(reads_how_hard_to_look),
		CASE(passes_over_what_is_not_the_engines),
		CASE(refuses_with_a_sentence),
	};
	return cmocka_run_group_tests_name("search/params", tests, NULL, NULL);
}

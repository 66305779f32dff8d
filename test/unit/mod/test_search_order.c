#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "support_search_print.h"

#include "base/arena.h"
#include "mod/search/order.h"

#define N(a) (sizeof(a) / sizeof(*(a)))
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

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

struct pair {
	const char *sort_by, *printed;
};

static void all_become(struct arena *a, const struct pair *pairs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct search_query q = {.who = SEARCH_PUBLIC};
		struct err e = {.arena = a};
		if (search_order_read(a, str_of(pairs[i].sort_by), &q, &e))
			fail_msg("%s: %s", pairs[i].sort_by, e.msg);
		assert_string_equal(search_print_sorts(a, &q), pairs[i].printed);
	}
}

static void are_refused(struct arena *a, int code, const struct pair *pairs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct search_query q = {.who = SEARCH_PUBLIC};
		struct err e = {.arena = a};
		if (!search_order_read(a, str_of(pairs[i].sort_by), &q, &e))
			fail_msg("%s is taken", pairs[i].sort_by);
		assert_string_equal(e.msg, pairs[i].printed);
		assert_int_equal(e.code, code);
	}
}

static void reads_fields_and_directions(void **state)
{
	static const struct pair pairs[] = {
		{"", ""},
		{" ", ""},
		{"list_price:asc", "list_price asc"},
		{"list_price:DESC", "list_price desc"},
		{" list_price : asc , city:desc,updated_at:Desc",
			"list_price asc, city desc, updated_at desc"},
		{"year_built(missing_values: first):desc", "year_built missing first desc"},
		{"year_built(missing_values:last):asc,city:asc", "year_built asc, city asc"},
		{"year_built( missing_values : normal ) : asc", "year_built asc"},
	};

	all_become(*state, pairs, N(pairs));
}

static void reads_text_match(void **state)
{
	static const struct pair pairs[] = {
		{"_text_match:desc", "text 0 desc"},
		{"_text_match(buckets: 10):desc,list_price:asc", "text 10 desc, list_price asc"},
		{"_text_match( buckets:5 ):asc", "text 5 asc"},
	};

	all_become(*state, pairs, N(pairs));
}

static void reads_distances(void **state)
{
	static const struct pair pairs[] = {
		{"location(25.5, -80.25):asc", "location 25.5 -80.25 without 0 by 0 asc"},
		{"location( 25.5,-80.25 , exclude_radius: 2 mi):desc",
			"location 25.5 -80.25 without 3218.688 by 0 desc"},
		{"location(25.5,-80.25,precision: 1 km, exclude_radius:5km):asc,list_price:asc",
			"location 25.5 -80.25 without 5000 by 1000 asc, list_price asc"},
	};

	all_become(*state, pairs, N(pairs));
}

static void reads_conditions_to_sort_by(void **state)
{
	static const struct pair pairs[] = {
		{"_eval(city:Miami):desc", "eval city{~miami}:1 desc"},
		{"_eval((city:Miami || city:`a)b`) && bedrooms:[1,2]):desc,list_price:asc",
			"eval ((city{~miami} | city{~a b}) & bedrooms{1, 2}):1 desc, list_price asc"},
		{"_eval(location:(1,2,3 km)):asc", "eval location{3000 m of 1 2}:1 asc"},
		{"_eval([(city:Miami):3, (city:=Doral && bedrooms:>2) : -2 ]):desc",
			"eval city{~miami}:3 (city{=doral} & bedrooms{>2..inf}):-2 desc"},
	};

	all_become(*state, pairs, N(pairs));
}

static void refuses_with_a_position(void **state)
{
	static const struct pair pairs[] = {
		{"list_price", "sort_by at 11: asc or desc is wanted here, after a colon"},
		{"list_price:up", "sort_by at 12: asc or desc is wanted here"},
		{"list_price:asc,", "sort_by at 16: a field to sort by is wanted here"},
		{"city:asc,state:asc,county:asc,list_price:asc",
			"sort_by at 31: Only up to 3 sort_by fields can be specified"},
		{"list_price(missing:first):asc",
			"sort_by at 12: `list_price` takes missing_values: first or last"},
		{"list_price(missing_values:never):asc",
			"sort_by at 27: missing_values is first or last"},
		{"list_price(missing_values:first:asc",
			"sort_by at 27: missing_values is first or last"},
		{"list_price(missing_values:first, x):asc",
			"sort_by at 11: what begins here with ( is longer than it may be, or has no )"},
		{"list_price(origin: 5, func: gauss, scale: 1, decay: 0.5):asc",
			"sort_by at 12: decay functions are not supported here"},
		{"_text_match(bucket:1):desc",
			"sort_by at 13: _text_match takes buckets: and a number"},
		{"_text_match(buckets:-1):desc",
			"sort_by at 21: buckets is a number from 0 to 1000"},
		{"location:asc",
			"sort_by at 1: `location` is sorted by the distance from a point: location(25.77, -80.19):asc"},
		{"location(1):asc", "sort_by at 10: a latitude and a longitude are wanted here"},
		{"location(1,200):asc",
			"sort_by at 10: the longitude 200 is not between -180 and 180"},
		{"location(1,2,3):asc",
			"sort_by at 14: exclude_radius or precision is wanted here, as exclude_radius: 2 mi"},
		{"location(1,2, precision: 2 ft):asc",
			"sort_by at 26: a distance is written as 5.1 km or 2 mi: Unit must be either `km` or `mi`"},
		{"_eval:desc", "sort_by at 1: _eval has a filter in parentheses"},
		{"_eval():desc", "sort_by at 7: a condition is wanted here, such as bedrooms:>=3"},
		{"_eval(city:x:desc", "sort_by at 6: what begins here with ( has no )"},
		{"_eval([(city:x)]):desc", "sort_by at 16: the filter has no weight: (filter):3"},
		{"_eval([(city:x):a]):desc",
			"sort_by at 17: a weight is a whole number of 32 bits"},
		{"_eval([city:x]):desc", "sort_by at 8: a filter in parentheses is wanted here"},
		{"_eval([(city:x):1):desc", "sort_by at 7: the list that begins here has no ]"},
		{"_vector_distance:asc",
			"sort_by at 1: `_vector_distance` is not supported here: fields are, _text_match, _eval(...) and distances"},
		{"_rand(7):asc",
			"sort_by at 1: `_rand` is not supported here: fields are, _text_match, _eval(...) and distances"},
		{"$Agents(name:asc)",
			"sort_by at 1: joins with other collections are not supported here"},
	};

	are_refused(*state, E_INPUT, pairs, N(pairs));
}

static void does_not_find_fields_that_are_not_there(void **state)
{
	static const struct pair pairs[] = {
		{"city:asc, list_prize:asc",
			"sort_by at 11: Could not find a field named `list_prize` in the schema. Did you mean `list_price`?"},
		{"id:asc",
			"sort_by at 1: Could not find a field named `id` in the schema for sorting."},
		{"import_task_id:asc",
			"sort_by at 1: Could not find a field named `import_task_id` in the schema."},
		{"_eval(ctiy:x):desc",
			"sort_by at 7: Could not find a field named `ctiy` in the schema. Did you mean `city`?"},
	};

	are_refused(*state, E_ABSENT, pairs, N(pairs));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(reads_fields_and_directions),
		CASE(reads_text_match),
		CASE(reads_distances),
		CASE(reads_conditions_to_sort_by),
		CASE(refuses_with_a_position),
		CASE(does_not_find_fields_that_are_not_there),
	};
	return cmocka_run_group_tests_name("search/order", tests, NULL, NULL);
}

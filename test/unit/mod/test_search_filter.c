#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "support_search_print.h"

#include "base/arena.h"
#include "base/buf.h"
#include "mod/search/filter.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

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

static void becomes(struct arena *a, const char *filter_by, const char *wanted)
{
	struct err e = {.arena = a};
	const struct search_filter *f;

	if (search_filter_read(a, str_of(filter_by), SEARCH_AGENTS, &f, &e))
		fail_msg("%s: %s", filter_by, e.msg);
	const char *printed = search_print_filter(a, f);
	if (strcmp(printed, wanted))
		fail_msg("%.200s\n  becomes %s\n  and not %s", filter_by, printed, wanted);
}

static void is_refused(struct arena *a, const char *filter_by, int code, const char *wanted)
{
	struct err e = {.arena = a};
	const struct search_filter *f = NULL;

	if (!search_filter_read(a, str_of(filter_by), SEARCH_PUBLIC, &f, &e))
		fail_msg("%s is taken, as %s", filter_by, search_print_filter(a, f));
	assert_null(f);
	if (e.code != code || strcmp(e.msg, wanted))
		fail_msg("%.200s\n  is answered %s (%d)\n  and not %s", filter_by, e.msg, e.code,
			wanted);
}

struct pair {
	const char *filter_by, *printed;
};

static void all_become(struct arena *a, const struct pair *pairs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		becomes(a, pairs[i].filter_by, pairs[i].printed);
}

static void reads_conditions_on_strings(void **state)
{
	static const struct pair pairs[] = {
		{"", "none"},
		{" \t\n", "none"},
		{"city:Miami", "city{~miami}"},
		{"city: Coral  Gables ", "city{~coral gables}"},
		{"city:=Miami", "city{=miami}"},
		{"city:= Coral Gables", "city{=coral gables}"},
		{"city : Miami", "city{~miami}"},
		{"city:!=Miami", "!city{=miami}"},
		{"city:!= Miami", "!city{=miami}"},
		{"city:!Miami", "!city{~miami}"},
		{"city:Mia*", "city{~mia*}"},
		{"city:=Mia*", "city{=mia*}"},
		{"city:!=Mia*", "!city{=mia*}"},
		{"city:[Miami]", "city{~miami}"},
		{"city:[Miami, Coral Gables,Mia*]", "city{~miami, ~coral gables, ~mia*}"},
		{"city:=[Miami, Coral Gables]", "city{=miami, =coral gables}"},
		{"city:![Miami,Doral]", "!city{~miami, ~doral}"},
		{"city:!=[Miami,Doral]", "!city{=miami, =doral}"},
		{"subdivision:=`Oaks, (The) && More`", "subdivision{=oaks the more}"},
		{"subdivision:=[`Oaks, The`, Pines]", "subdivision{=oaks the, =pines}"},
		{"subdivision:`a \\` b`", "subdivision{~a b}"},
		{"subdivision:The `Oaks`*", "subdivision{~the oaks*}"},
		{"city:AT&T|x", "city{~at t x}"},
		{"postal_code:33101", "postal_code{~33101}"},
		{"postal_code:`33101..33105`", "postal_code{~33101 33105}"},
		{"id:x", "id{=x}"},
		{"id:=00000000-0000-0000-0000-000000000001",
			"id{=00000000 0000 0000 0000 000000000001}"},
		{"id:[a, b]", "id{=a, =b}"},
		{"id:!=[a, b]", "!id{=a, =b}"},
		{"id:*", "all"},
		{"id:!=*", "!all"},
		{"import_task_id:x", "import_task_id{~x}"},
	};

	all_become(*state, pairs, N(pairs));
}

static void reads_conditions_on_numbers(void **state)
{
	static const struct pair pairs[] = {
		{"bedrooms:3", "bedrooms{3}"},
		{"bedrooms:=3", "bedrooms{3}"},
		{"bedrooms:!=3", "!bedrooms{3}"},
		{"bedrooms:!3", "!bedrooms{3}"},
		{"bedrooms:>3", "bedrooms{>3..inf}"},
		{"bedrooms:>=3", "bedrooms{3..inf}"},
		{"bedrooms:<3", "bedrooms{-inf..3<}"},
		{"bedrooms:<= 3", "bedrooms{-inf..3}"},
		{"bedrooms: > 3", "bedrooms{>3..inf}"},
		{"bedrooms:3..5", "bedrooms{3..5}"},
		{"bedrooms:[3..5]", "bedrooms{3..5}"},
		{"bedrooms:![3..5]", "!bedrooms{3..5}"},
		{"bedrooms:!=[3,5]", "!bedrooms{3, 5}"},
		{"bedrooms:[1, 3 .. 5, >8, <=0]", "bedrooms{1, 3..5, >8..inf, -inf..0}"},
		{"list_price:-5..-3", "list_price{-5..-3}"},
		{"bathrooms:2.5", "bathrooms{2.5}"},
		{"bathrooms:[1.5..2.75]", "bathrooms{1.5..2.75}"},
		{"list_price:2147483647", "list_price{2147483647}"},
		{"updated_at:>1769817600", "updated_at{>1769817600..inf}"},
		{"updated_at:>=2026-01-31", "updated_at{1769817600..inf}"},
		{"updated_at:2026-01-31..2026-02-01T12:30:00+02:00",
			"updated_at{1769817600..1769941800}"},
		{"updated_at:[1, 2026-01-31]", "updated_at{1, 1769817600}"},
		{"updated_at:<2026-01-31T00:00:00.5Z", "updated_at{-inf..1769817600.5<}"},
	};

	all_become(*state, pairs, N(pairs));
}

static void reads_conditions_on_places(void **state)
{
	static const struct pair pairs[] = {
		{"location:(25.5, -80.25, 5 km)", "location{5000 m of 25.5 -80.25}"},
		{"location:(25.5,-80.25,5km)", "location{5000 m of 25.5 -80.25}"},
		{"location: ( 25.5 , -80.25 , 0.5 mi )", "location{804.672 m of 25.5 -80.25}"},
		{"location:=(25.5,-80.25,5 km)", "location{5000 m of 25.5 -80.25}"},
		{"location:!(25.5,-80.25,5 km)", "!location{5000 m of 25.5 -80.25}"},
		{"location:[(25.5,-80.25,5 km), (26,-80,1 km)]",
			"location{5000 m of 25.5 -80.25, 1000 m of 26 -80}"},
		{"location:(1,2,3,4,5,6)", "location{within 1 2 3 4 5 6}"},
		{"location:[(1,2,3,4,5,6,7,8), (1,2,3 km)]",
			"location{within 1 2 3 4 5 6 7 8, 3000 m of 1 2}"},
		{"location:([25.5, -80.25], radius: 5 km, exact_filter_radius: 9 mi)",
			"location{5000 m of 25.5 -80.25}"},
		{"location:([1,2,3,4,5,6], exact_filter_radius: 1 km)",
			"location{within 1 2 3 4 5 6}"},
		{"(location:(1,2,3 km))&&(location:(1,2,3,4,5,6))",
			"(location{3000 m of 1 2} & location{within 1 2 3 4 5 6})"},
	};

	all_become(*state, pairs, N(pairs));
}

static void binds_and_more_than_or(void **state)
{
	static const struct pair pairs[] = {
		{"bedrooms:1 && bedrooms:2", "(bedrooms{1} & bedrooms{2})"},
		{"bedrooms:1&&bedrooms:2||bedrooms:3",
			"((bedrooms{1} & bedrooms{2}) | bedrooms{3})"},
		{"bedrooms:1 || bedrooms:2 && bedrooms:3",
			"(bedrooms{1} | (bedrooms{2} & bedrooms{3}))"},
		{"(bedrooms:1 || bedrooms:2) && bedrooms:3",
			"((bedrooms{1} | bedrooms{2}) & bedrooms{3})"},
		{"((bedrooms:1))", "bedrooms{1}"},
		{"(city:Miami) || (city:=Doral&&(bedrooms:!=1))",
			"(city{~miami} | (city{=doral} & !bedrooms{1}))"},
		{"bedrooms:1 && bedrooms:2 && bedrooms:3 && bedrooms:4",
			"((bedrooms{1} & bedrooms{2}) & (bedrooms{3} & bedrooms{4}))"},
	};

	all_become(*state, pairs, N(pairs));
}

static const struct pair refusals[] = {
	{"city",
		"filter_by at 1: `city` is not followed by a colon: a condition is a field, a colon and a value"},
	{"&& city:x", "filter_by at 1: a condition is wanted here, such as bedrooms:>=3"},
	{"()", "filter_by at 2: a condition is wanted here, such as bedrooms:>=3"},
	{"city:x &&", "filter_by at 10: a condition is wanted here, such as bedrooms:>=3"},
	{"city:", "filter_by at 6: Error with filter field `city`: Filter value cannot be empty"},
	{"city:[]", "filter_by at 7: Error with filter field `city`: Filter value cannot be empty"},
	{"city:[a,]",
		"filter_by at 9: Error with filter field `city`: Filter value cannot be empty"},
	{"city:``", "filter_by at 6: Error with filter field `city`: Filter value cannot be empty"},
	{"(city:x", "filter_by at 1: the ( here has no )"},
	{"city:x)", "filter_by at 7: the ) here has no ("},
	{"bedrooms:1) || (bedrooms:2", "filter_by at 11: the ) here has no ("},
	{"city:x (bedrooms:2)", "filter_by at 8: a value with parentheses is written in backticks"},
	{"(city:x) bedrooms:2", "filter_by at 10: && or || is wanted here, or the end"},
	{"city:[a, b", "filter_by at 6: the list that begins here has no ]"},
	{"city:[a && b]", "filter_by at 6: the list that begins here has no ]"},
	{"city:[a] b", "filter_by at 10: && or || is wanted here, or the end"},
	{"city:`a", "filter_by at 6: the backtick here is not closed"},
	{"city:`a\\`", "filter_by at 6: the backtick here is not closed"},
	{"city:***",
		"filter_by at 6: `***` has no letters or digits that `city` could be compared with"},
	{"city:>a", "filter_by at 6: `city` is a string: only numbers and dates are compared"},
	{"postal_code:[33101..33105]",
		"filter_by at 14: `postal_code` is a string: ranges are for numbers and dates"},
	{"id:ab*", "filter_by at 4: ids are matched whole; id:* alone is every listing"},
	{"bedrooms:two",
		"filter_by at 10: Error with filter field `bedrooms`: `two` is not an int32"},
	{"bedrooms:2.5",
		"filter_by at 10: Error with filter field `bedrooms`: `2.5` is not an int32"},
	{"list_price:2147483648",
		"filter_by at 12: Error with filter field `list_price`: `2147483648` exceeds the range of an int32"},
	{"bathrooms:x", "filter_by at 11: Error with filter field `bathrooms`: `x` is not a float"},
	{"updated_at:>2026-02-30",
		"filter_by at 13: Error with filter field `updated_at`: `2026-02-30` is not an int64, nor a date as 2026-01-31 or 2026-01-31T12:00:00Z"},
	{"bedrooms:1..",
		"filter_by at 10: a range has two ends, as 5..9; one is written with :>= or :<="},
	{"bedrooms:!>1", "filter_by at 10: a comparison goes with one value and without !"},
	{"bedrooms:>[1]", "filter_by at 10: a comparison goes with one value and without !"},
	{"location:(1,2,3)",
		"filter_by at 10: the third number is no radius without its unit: `km` or `mi`"},
	{"location:(1,2)",
		"filter_by at 10: a polygon has three corners or more, of a latitude and a longitude each; a circle has a radius"},
	{"location:(91,2,3 km)", "filter_by at 10: the latitude 91 is not between -90 and 90"},
	{"location:(1,181,3 km)", "filter_by at 10: the longitude 181 is not between -180 and 180"},
	{"location:(1,2,3 m)",
		"filter_by at 15: a distance is written as 5.1 km or 2 mi: Unit must be either `km` or `mi`"},
	{"location:(1,2,-3 km)",
		"filter_by at 15: `-3 km` is no distance: a number above 0 is, and `km` or `mi`"},
	{"location:(1,2,3 km", "filter_by at 10: what begins here with ( has no )"},
	{"location:(1,x,3 km)", "filter_by at 13: a latitude or longitude is wanted here, not `x`"},
	{"location:Miami",
		"filter_by at 10: a circle (lat, lng, 5 km) or a polygon (lat, lng, lat, lng, lat, lng) is wanted here"},
	{"bedrooms:1 && $Agents(name:x)",
		"filter_by at 15: joins with other collections are not supported here"},
	{"!$Agents(name:x)", "filter_by at 1: joins with other collections are not supported here"},
	{"rooms.{a:1}", "filter_by at 1: filters on the members of objects are not supported here"},
};

static void refuses_with_a_position(void **state)
{
	for (size_t i = 0; i < N(refusals); i++)
		is_refused(*state, refusals[i].filter_by, E_INPUT, refusals[i].printed);
}

static void does_not_find_fields_that_are_not_there(void **state)
{
	is_refused(*state, "bedrooms:1 && ctiy:x", E_ABSENT,
		"filter_by at 15: Could not find a field named `ctiy` in the schema. Did you mean `city`?");
	is_refused(*state, "zzzzzzzz:x", E_ABSENT,
		"filter_by at 1: Could not find a field named `zzzzzzzz` in the schema.");
	/* Agents' own. */
	is_refused(*state, "marketing_description:x", E_ABSENT,
		"filter_by at 1: Could not find a field named `marketing_description` in the schema.");
	is_refused(*state, "a\nb:x", E_ABSENT,
		"filter_by at 1: Could not find a field named `a b` in the schema.");
}

static const char *repeated(struct arena *a, const char *head, const char *part, size_t n,
	const char *tail)
{
	struct buf b;

	buf_init(&b, 0);
	buf_cstr(&b, head);
	for (size_t i = 0; i < n; i++)
		buf_cstr(&b, part);
	buf_cstr(&b, tail);
	const char *text = str_cstr(a, buf_view(&b));
	buf_done(&b);
	return text;
}

static unsigned levels(const struct search_filter *f)
{
	unsigned left = f->left ? levels(f->left) : 0, right = f->right ? levels(f->right) : 0;

	return 1 + (left > right ? left : right);
}

static void long_chains_are_flat_trees(void **state)
{
	struct err e = {.arena = *state};
	const struct search_filter *f;
	const char *chain = repeated(*state, "bedrooms:1", "&&bedrooms:1", 999, "");

	assert_int_equal(search_filter_read(*state, str_of(chain), SEARCH_PUBLIC, &f, &e), 0);
	assert_true(levels(f) <= 11);
	is_refused(*state, repeated(*state, "bedrooms:1", "||bedrooms:1", 1000, ""), E_INPUT,
		"filter_by at 1: the filter has more than 2000 conditions and operators");
}

static void depth_has_an_end(void **state)
{
	struct err e = {.arena = *state};
	const struct search_filter *f;
	const char *deep =
		repeated(*state, repeated(*state, "", "(", SEARCH_FILTER_DEPTH, "bedrooms:1"), ")",
			SEARCH_FILTER_DEPTH, "");

	assert_int_equal(search_filter_read(*state, str_of(deep), SEARCH_PUBLIC, &f, &e), 0);
	is_refused(*state, repeated(*state, "", "(", 51, ""), E_INPUT,
		"filter_by at 51: the filter is nested deeper than 50 levels");
	is_refused(*state, repeated(*state, "", "(", 100000, ""), E_INPUT,
		"filter_by at 51: the filter is nested deeper than 50 levels");
	deep = repeated(*state,
		repeated(*state, "", "(bedrooms:1 && (bedrooms:2 || ", 25, "bedrooms:1"), "))", 25,
		"");
	is_refused(*state, deep, E_INPUT,
		"filter_by at 32: the filter is nested deeper than 48 levels");
}

static void values_have_limits(void **state)
{
	is_refused(*state, repeated(*state, "bedrooms:[1", ",1", 4000, "]"), E_INPUT,
		"filter_by at 8011: the conditions have more than 4000 values");
	is_refused(*state, repeated(*state, "public_remarks:", "a ", 101, ""), E_INPUT,
		"filter_by at 16: this value has more than 100 words");
	is_refused(*state, repeated(*state, "location:(1,1", ",1,1", 500, ")"), E_INPUT,
		"filter_by at 2011: polygons have more than 500 corners here");
	is_refused(*state, repeated(*state, "location:[(1,1,1,1,1,1)", ",(1,1,1,1,1,1)", 200, "]"),
		E_INPUT, "filter_by at 2335: polygons have more than 500 corners here");
}

static void joins_two_filters_that_were_read_alone(void **state)
{
	struct err e = {.arena = *state};
	const struct search_filter *must, *also;

	assert_int_equal(search_filter_read(*state, STR("bedrooms:1 || bedrooms:2"), SEARCH_PUBLIC,
				 &must, &e),
		0);
	assert_int_equal(search_filter_read(*state, STR("bedrooms:3 || bedrooms:4"), SEARCH_PUBLIC,
				 &also, &e),
		0);
	assert_string_equal(search_print_filter(*state, search_filter_both(*state, must, also)),
		"((bedrooms{1} | bedrooms{2}) & (bedrooms{3} | bedrooms{4}))");
	assert_ptr_equal(search_filter_both(*state, must, NULL), must);
	assert_ptr_equal(search_filter_both(*state, NULL, also), also);
	assert_null(search_filter_both(*state, NULL, NULL));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(reads_conditions_on_strings),
		CASE(reads_conditions_on_numbers),
		CASE(reads_conditions_on_places),
		CASE(binds_and_more_than_or),
		CASE(refuses_with_a_position),
		CASE(does_not_find_fields_that_are_not_there),
		CASE(long_chains_are_flat_trees),
		CASE(depth_has_an_end),
		CASE(values_have_limits),
		CASE(joins_two_filters_that_were_read_alone),
	};
	return cmocka_run_group_tests_name("search/filter", tests, NULL, NULL);
}

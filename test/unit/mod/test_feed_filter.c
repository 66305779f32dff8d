#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "mod/mls/feed_filter.h"
#include "mod/mls/gen.h"
#include "mod/mls/gen_field.h"
#include "mod/mls/gen_listing.h"

#define N(a) (sizeof(a) / sizeof(*(a)))
#define ROWS 400
#define NOW INT64_C(1795219200000000) /* 2026-11-21 */

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

static const struct gen_field *find(struct str name)
{
	int i = gen_field_find(name);

	return i < 0 ? NULL : &gen_fields[i];
}

static const struct feed_filter *parse(struct arena *a, const char *text)
{
	struct err e = {.arena = a};
	const struct feed_filter *f = feed_filter_parse(a, str_of(text), find, &e);

	if (!f)
		print_message("%s: %s\n", text, e.msg);
	assert_non_null(f);
	return f;
}

static void refuses_with_the_position(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{"", "$filter: a field expected at position 1"},
		{"City", "$filter: one of eq ne gt ge lt le in expected at position 5"},
		{"City eq", "$filter: a text in single quotes expected at position 8"},
		{"City eq Miami", "$filter: a text in single quotes expected at position 9"},
		{"City eq 'Miami", "$filter: a text in single quotes expected at position 9"},
		{"City eq \"Miami\"", "$filter: a text in single quotes expected at position 9"},
		{"city eq 'Miami'", "$filter: there is no field 'city' (position 1)"},
		{"City EQ 'Miami'", "$filter: one of eq ne gt ge lt le in expected at position 6"},
		{"City eq 'Miami' ListPrice gt 1",
			"$filter: 'and', 'or' or the end expected at position 17"},
		{"City eq 'Miami' and", "$filter: a field expected at position 20"},
		{"(City eq 'Miami'", "$filter: a closing parenthesis expected at position 17"},
		{"City eq 'Miami')", "$filter: 'and', 'or' or the end expected at position 16"},
		{"ListPrice gt 'a'", "$filter: a number expected at position 14"},
		{"ListPrice gt 1.2.3", "$filter: a number expected at position 14"},
		{"ListPrice gt 2026-11-21", "$filter: a number expected at position 14"},
		{"PoolPrivateYN eq 1", "$filter: true or false expected at position 18"},
		{"ModificationTimestamp gt '2026-11-21T00:00:00Z'",
			"$filter: a bare time such as 2026-11-21T12:00:00Z expected at position 26"},
		{"ModificationTimestamp gt datetime'2026-11-21T00:00:00Z'",
			"$filter: a bare time such as 2026-11-21T12:00:00Z expected at position 26"},
		{"ModificationTimestamp gt 2026-13-21T00:00:00Z",
			"$filter: a bare time such as 2026-11-21T12:00:00Z expected at position 26"},
		{"ModificationTimestamp gt 20261121",
			"$filter: a bare time such as 2026-11-21T12:00:00Z expected at position 26"},
		{"CloseDate gt 2026-11-21T00:00:00Z",
			"$filter: a date such as 2026-11-21 expected at position 14"},
		{"View eq 'Bay'",
			"$filter: View is a list and cannot be compared here (position 1)"},
		{"Media eq null",
			"$filter: Media is a list and cannot be compared here (position 1)"},
		{"contains(City, 'M')", "$filter: there is no field 'contains' (position 1)"},
		{"City in 'Miami'", "$filter: a list in parentheses expected at position 9"},
		{"City in ()", "$filter: a text in single quotes expected at position 10"},
		{"City in ('a' 'b')",
			"$filter: a comma or a closing parenthesis expected at position 14"},
		{"not", "$filter: a field expected at position 4"},
		{"City eq 'a' ; drop", "$filter: 'and', 'or' or the end expected at position 13"},
		{"((((((((((((((((((((((((((((((((((((City eq 'a'",
			"$filter: nested deeper than 32"},
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct err e = {.arena = *state};
		assert_null(feed_filter_parse(*state, str_of(cases[i].text), find, &e));
		assert_int_equal(e.code, E_INPUT);
		assert_string_equal(e.msg, cases[i].words);
	}
}

/* How many of the market's listings match. */
static int count(struct arena *a, const char *text)
{
	struct gen *g = gen_new(&(struct gen_config){.seed = 5,
		.rows = ROWS,
		.as_of_us = NOW,
		.dataset = "d",
		.media_base = "m"});
	const struct feed_filter *f = parse(a, text);
	struct gen_listing *l = malloc(sizeof(*l));
	int n = 0;

	for (uint32_t i = 0; i < ROWS; i++) {
		gen_look(g, i, l);
		n += feed_filter_holds(f, l);
	}
	free(l);
	gen_free(g);
	return n;
}

static void comparisons_split_the_market(void **state)
{
	static const struct {
		const char *one, *other; /* together everything, and never both */
	} cases[] = {
		{"ListPrice gt 500000", "ListPrice le 500000"},
		{"ListPrice ge 500000", "ListPrice lt 500000"},
		{"ListPrice eq 500000", "ListPrice ne 500000"},
		{"Latitude lt 25.85", "Latitude ge 25.85"},
		{"Longitude lt -80.2", "Longitude ge -80.2"},
		{"City eq 'Miami'", "City ne 'Miami'"},
		{"City ge 'M'", "City lt 'M'"},
		{"City in ('Miami','Doral')", "not (City in ('Miami','Doral'))"},
		{"City in ('Miami','Doral')", "City ne 'Miami' and City ne 'Doral'"},
		{"BuildingName eq null", "BuildingName ne null"},
		{"WaterfrontYN eq true", "WaterfrontYN eq false"},
		{"WaterfrontYN eq true", "not WaterfrontYN eq true"},
		{"ModificationTimestamp gt 2026-09-01T00:00:00Z",
			"ModificationTimestamp le 2026-09-01T00:00:00Z"},
		{"ModificationTimestamp ge 2026-09-01", "ModificationTimestamp lt 2026-09-01"},
		{"ListingContractDate gt 2026-06-01", "ListingContractDate le 2026-06-01"},
		{"StandardStatus eq 'Active' or StandardStatus eq 'Closed'",
			"StandardStatus ne 'Active' and StandardStatus ne 'Closed'"},
		{"City eq 'Miami' or (ListPrice gt 500000 and BedroomsTotal ge 2)",
			"City ne 'Miami' and not (ListPrice gt 500000 and BedroomsTotal ge 2) or "
			"City ne 'Miami' and BedroomsTotal eq null and ListPrice gt 500000"},
	};

	for (size_t i = 0; i < N(cases); i++) {
		int one = count(*state, cases[i].one), other = count(*state, cases[i].other);
		if (one + other != ROWS)
			print_message("%s: %d, %s: %d\n", cases[i].one, one, cases[i].other, other);
		assert_int_equal(one + other, ROWS);
	}
}

static void null_is_neither_more_nor_less(void **state)
{
	int closed = count(*state, "ClosePrice ne null");

	assert_in_range(closed, 20, ROWS - 20);
	assert_int_equal(count(*state, "ClosePrice gt 0"), closed);
	assert_int_equal(count(*state, "ClosePrice lt 0"), 0);
	assert_int_equal(count(*state, "not (ClosePrice gt 0)"), 0); /* unknown stays unknown */
	assert_int_equal(count(*state, "not (ClosePrice lt 0)"), closed);
	assert_int_equal(count(*state, "ClosePrice gt null"), 0);
	assert_int_equal(count(*state, "ClosePrice gt 0 or City ne null"), ROWS);
	assert_int_equal(count(*state, "ClosePrice gt 0 and City eq null"), 0);
	assert_int_equal(count(*state, "not (ClosePrice gt 0 and City eq null)"), ROWS);
}

static void words_bind_as_odata_says(void **state)
{
	const char *a = "City eq 'Miami'", *b = "BedroomsTotal eq 2", *c = "PoolPrivateYN eq true";
	struct arena *m = *state;

	assert_int_equal(count(m, arena_printf(m, "%s or %s and %s", a, b, c)),
		count(m, arena_printf(m, "%s or (%s and %s)", a, b, c)));
	assert_int_equal(count(m, arena_printf(m, "not %s and %s", a, b)),
		count(m, arena_printf(m, "(not (%s)) and %s", a, b)));
	assert_int_equal(count(m, "City eq 'O''Brien'"), 0);
	assert_int_equal(count(m, "  City   eq 'Miami'  "), count(m, a));
}

static void knows_the_first_time_that_can_match(void **state)
{
	static const struct {
		const char *text;
		int64_t us;
	} cases[] = {
		{"BridgeModificationTimestamp ge 2026-11-21", NOW},
		{"BridgeModificationTimestamp gt 2026-11-21", NOW},
		{"BridgeModificationTimestamp eq 2026-11-21", NOW},
		{"City eq 'Miami' and BridgeModificationTimestamp gt 2026-11-21", NOW},
		{"BridgeModificationTimestamp gt 2026-11-20 and BridgeModificationTimestamp gt 2026-11-21",
			NOW},
		{"BridgeModificationTimestamp gt 2026-11-21 or City eq 'Miami'", INT64_MIN},
		{"not BridgeModificationTimestamp gt 2026-11-21", INT64_MIN},
		{"BridgeModificationTimestamp lt 2026-11-21", INT64_MIN},
		{"BridgeModificationTimestamp ne null", INT64_MIN},
		{"ModificationTimestamp gt 2026-11-21", INT64_MIN},
	};

	for (size_t i = 0; i < N(cases); i++)
		assert_true(feed_filter_since(parse(*state, cases[i].text)) == cases[i].us);
	assert_true(feed_filter_since(NULL) == INT64_MIN);
}

static void knows_the_keys_that_can_match(void **state)
{
	const struct str *keys;
	size_t n;

	assert_true(feed_filter_keys(parse(*state, "City eq 'a' and ListingKey in ('k','l','m')"),
		&keys, &n));
	assert_int_equal(n, 3);
	assert_true(str_eq(keys[2], STR("m")));
	assert_true(feed_filter_keys(parse(*state, "ListingKey eq 'k'"), &keys, &n));
	assert_int_equal(n, 1);
	assert_false(
		feed_filter_keys(parse(*state, "ListingKey eq 'k' or City eq 'a'"), &keys, &n));
	assert_false(feed_filter_keys(parse(*state, "not ListingKey eq 'k'"), &keys, &n));
	assert_false(feed_filter_keys(parse(*state, "ListingKey ne 'k'"), &keys, &n));
	assert_false(feed_filter_keys(NULL, &keys, &n));
}

/* No text makes the parser read beyond its end (the sanitizer watches). */
static void survives_any_beginning_of_a_filter(void **state)
{
	struct str all = STR("not (City in ('Miami', 'O''Brien') and ListPrice ge 1.5e5) or "
			     "ModificationTimestamp gt 2026-11-21T00:00:00.5Z");

	for (size_t n = 0; n < all.len; n++) {
		struct arena *a = arena_new();
		struct str head = str_copy(a, str_sub(all, 0, n));
		struct feed_filter *f = feed_filter_parse(a, head, find, NULL);
		(void)f;
		arena_free(a);
	}
	(void)state;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(refuses_with_the_position),
		TEST(comparisons_split_the_market),
		TEST(null_is_neither_more_nor_less),
		TEST(words_bind_as_odata_says),
		TEST(knows_the_first_time_that_can_match),
		TEST(knows_the_keys_that_can_match),
		TEST(survives_any_beginning_of_a_filter),
	};
	return cmocka_run_group_tests_name("mod/feed_filter", tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "mod/mls/feed_filter.h"
#include "mod/mls/feed_model.h"
#include "mod/mls/gen.h"
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

static const struct odata_node *parse(struct arena *a, const char *text)
{
	struct odata_fault f = {.arena = a};
	const struct odata_resource *r =
		odata_model_resource(feed_model_new(a, false), STR("Property"));
	const struct odata_node *node = odata_filter_parse(a, r, str_of(text), NOW, &f);

	if (!node)
		print_message("%s: %s\n", text, f.message);
	assert_non_null(node);
	return node;
}

static struct gen *market(void)
{
	return gen_new(&(struct gen_config){.seed = 5,
		.rows = ROWS,
		.as_of_us = NOW,
		.dataset = "d",
		.media_base = "m"});
}

static bool holds(const struct odata_node *filter, struct gen_listing *l, struct arena *a)
{
	struct odata_row row = {&feed_model_listing, l};

	return odata_filter_holds(filter, &row, a);
}

/* How many of the market's listings match. */
static int count(struct arena *a, const char *text)
{
	struct gen *g = market();
	const struct odata_node *f = parse(a, text);
	struct gen_listing *l = malloc(sizeof(*l));
	int n = 0;

	for (uint32_t i = 0; i < ROWS; i++) {
		gen_look(g, i, l);
		n += holds(f, l, a);
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
		{"WaterfrontYN", "not WaterfrontYN"},
		{"ClosePrice gt 0", "not (ClosePrice gt 0)"},
		{"ModificationTimestamp gt 2026-09-01T00:00:00Z",
			"ModificationTimestamp le 2026-09-01T00:00:00Z"},
		{"ModificationTimestamp ge 2026-09-01", "ModificationTimestamp lt 2026-09-01"},
		{"ListingContractDate gt 2026-06-01", "ListingContractDate le 2026-06-01"},
		{"year(ListingContractDate) eq 2026", "year(ListingContractDate) ne 2026"},
		{"Appliances/any(a: a eq 'Dishwasher')", "Appliances/all(a: a ne 'Dishwasher')"},
		{"View has 'Garden'", "not View/any(v: v eq 'Garden')"},
		{"geo.distance(Coordinates, POINT(-80.19 25.76)) lt 6",
			"geo.distance(Coordinates, POINT(-80.19 25.76)) ge 6"},
		{"startswith(tolower(City),'m')", "not startswith(City,'M')"},
		{"StandardStatus eq 'Active' or StandardStatus eq 'Closed'",
			"StandardStatus ne 'Active' and StandardStatus ne 'Closed'"},
		{"City eq 'Miami' or (ListPrice gt 500000 and BedroomsTotal ge 2)",
			"City ne 'Miami' and not (ListPrice gt 500000 and BedroomsTotal ge 2)"},
	};

	for (size_t i = 0; i < N(cases); i++) {
		int one = count(*state, cases[i].one), other = count(*state, cases[i].other);
		if (one + other != ROWS || !one || !other)
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
	assert_int_equal(count(*state, "ClosePrice gt null"), 0);
	assert_int_equal(count(*state, "ClosePrice ne 1"), ROWS);
	assert_int_equal(count(*state, "ClosePrice gt 0 or City ne null"), ROWS);
	assert_int_equal(count(*state, "ClosePrice gt 0 and City eq null"), 0);
}

/* The row as it is written has what the filter says of its lists. */
static void lists_are_what_rows_say(void **state)
{
	struct gen *g = market();
	const struct odata_node *none = parse(*state, "WaterfrontFeatures/any(v: v eq 'None')"),
				*some = parse(*state, "WaterfrontFeatures/any()");
	struct gen_listing *l = malloc(sizeof(*l));
	int nones = 0;

	for (uint32_t i = 0; i < ROWS; i++) {
		struct buf b;
		buf_init(&b, 0);
		gen_look(g, i, l);
		gen_row_of(l, NULL, &b);
		const struct json *view =
			json_get(json_parse(*state, buf_view(&b), NULL), "WaterfrontFeatures");
		struct str first = json_scalar(json_at(view, 0));
		assert_int_equal(holds(some, l, *state), json_len(view) > 0);
		assert_int_equal(holds(none, l, *state), str_eq(first, STR("None")));
		nones += str_eq(first, STR("None"));
		buf_done(&b);
	}
	assert_in_range(nones, 1, ROWS);
	free(l);
	gen_free(g);
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
		assert_true(feed_filter_since(parse(*state, cases[i].text),
				    "BridgeModificationTimestamp") == cases[i].us);
	assert_true(feed_filter_since(NULL, "BridgeModificationTimestamp") == INT64_MIN);
}

static bool keys_of(struct arena *a, const char *text, const struct str **ret_keys, size_t *ret_n)
{
	return feed_filter_keys(a, parse(a, text), "ListingKey", ret_keys, ret_n);
}

static void knows_the_keys_that_can_match(void **state)
{
	const struct str *keys;
	size_t n;

	assert_true(keys_of(*state, "City eq 'a' and ListingKey in ('k','l','m')", &keys, &n));
	assert_int_equal(n, 3);
	assert_true(str_eq(keys[2], STR("m")));
	assert_true(keys_of(*state, "ListingKey eq 'k'", &keys, &n));
	assert_int_equal(n, 1);
	assert_false(keys_of(*state, "ListingKey eq 'k' or City eq 'a'", &keys, &n));
	assert_false(keys_of(*state, "not ListingKey eq 'k'", &keys, &n));
	assert_false(keys_of(*state, "ListingKey ne 'k'", &keys, &n));
	assert_false(keys_of(*state, "ListingKey eq City", &keys, &n));
	assert_false(feed_filter_keys(*state, NULL, "ListingKey", &keys, &n));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(comparisons_split_the_market),
		TEST(null_is_neither_more_nor_less),
		TEST(lists_are_what_rows_say),
		TEST(words_bind_as_odata_says),
		TEST(knows_the_first_time_that_can_match),
		TEST(knows_the_keys_that_can_match),
	};
	return cmocka_run_group_tests_name("mod/feed_filter", tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "mod/mls/mapping.h"
#include "mod/mls/mapping_local.h"

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

static const struct json *json(struct arena *a, struct str text)
{
	struct err e = {.arena = a};
	const struct json *v = json_parse(a, text, &e);

	if (!v)
		print_message(STR_FMT ": %s\n", STR_ARG(text), e.msg);
	assert_non_null(v);
	return v;
}

static struct mapping *compile(struct arena *a, const char *members, struct err *e)
{
	return mapping_new(a,
		json(a,
			str_printf(a, "{\"source_listing_key\": \"ListingKey\"%s%s}",
				*members ? ", " : "", members)),
		e);
}

static struct listing_row row_of(struct arena *a, const char *members, const char *fields)
{
	struct err e = {.arena = a};
	struct listing_row row;
	struct mapping *m = compile(a, members, &e);

	if (!m)
		print_message("%s\n", e.msg);
	assert_non_null(m);
	mapping_apply(m, a, json(a, str_printf(a, "{\"ListingKey\": \"k\", %s}", fields)), &row);
	return row;
}

static void city_is(struct arena *a, const char *value, const char *fields, const char *wanted)
{
	struct listing_row row = row_of(a, str_printf(a, "\"city\": %s", value).p, fields);
	struct str city = row.values[LISTING_CITY].s;

	if (!str_eq(city, str_of(wanted)))
		print_message("%s of %s is " STR_FMT "\n", value, fields, STR_ARG(city));
	assert_true(str_eq(city, str_of(wanted)));
}

static void takes_the_first_value_that_can_be_used(void **state)
{
	static const char value[] = "{\"first\": [\"A\", \"B\", {\"constant\": \"Nowhere\"}]}";

	city_is(*state, value, "\"A\": \"Miami\", \"B\": \"Doral\"", "Miami");
	city_is(*state, value, "\"A\": null, \"B\": \"Doral\"", "Doral");
	city_is(*state, value, "\"A\": \" \", \"B\": [\"Doral\"]", "Doral");
	city_is(*state, value, "\"A\": {\"x\": 1}, \"B\": \"Doral\"", "Doral");
	city_is(*state, value, "\"C\": 1", "Nowhere");
}

/* What can be used is for the column to say. */
static void the_first_number_is_one_that_the_column_takes(void **state)
{
	static const char year[] = "\"year_built\": {\"first\": [\"A\", \"B\"]}";

	assert_int_equal(row_of(*state, year, "\"A\": \"TBD\", \"B\": 1990")
				 .values[LISTING_YEAR_BUILT]
				 .n,
		1990);
	assert_int_equal(row_of(*state, year, "\"A\": 0, \"B\": 1990").values[LISTING_YEAR_BUILT].n,
		1990);
	struct listing_row row = row_of(*state, year, "\"A\": \"TBD\", \"B\": null");
	assert_true(row.values[LISTING_YEAR_BUILT].n == LISTING_NULL);
	assert_int_equal(row.problems_n, 1);
	assert_string_equal(row.problems[0].reason, "is no number");
	assert_true(str_eq(row.problems[0].field, STR("year_built")));
	assert_true(str_eq(row.problems[0].value, STR("\"TBD\"")));
	assert_int_equal(row_of(*state, year, "\"A\": \"TBD\", \"B\": 1990").problems_n, 0);
}

static void puts_texts_together(void **state)
{
	static const char plain[] = "{\"concat\": [\"A\", \"B\", \"C\"]}";

	city_is(*state, plain, "\"A\": \"North\", \"B\": 7, \"C\": true", "North 7 true");
	city_is(*state, plain, "\"A\": null, \"B\": \"\", \"C\": \"Bay\"", "Bay");
	city_is(*state, plain, "\"D\": 1", NULL);
	city_is(*state, "{\"concat\": [\"A\", {\"first\": [\"B\", \"C\"]}], \"separator\": \", \"}",
		"\"A\": \"x\", \"C\": \"y\"", "x, y");
	city_is(*state, "{\"concat\": [\"A\", \"A\"], \"separator\": \"\"}",
		"\"A\": \"\\\"\\u00e9\"", "\"\xc3\xa9\"\xc3\xa9");
	struct listing_row row =
		row_of(*state, "\"city\": {\"concat\": [\"A\", \"B\"]}", "\"A\": {}, \"B\": \"x\"");
	assert_int_equal(row.problems_n, 1);
	assert_string_equal(row.problems[0].reason, "is an object");
}

static void makes_square_feet_of_other_units(void **state)
{
	static const struct {
		const char *value, *fields;
		int64_t wanted;
	} cases[] = {
		{"{\"field\": \"A\", \"unit\": \"sqm\"}", "\"A\": 100", 1076},
		{"{\"field\": \"A\", \"unit\": \"sqm\"}", "\"A\": \"100\"", 1076},
		{"{\"field\": \"A\", \"unit\": \"acres\"}", "\"A\": 0.25", 10890},
		{"{\"field\": \"A\", \"unit\": \"sqft\"}", "\"A\": 1650.4", 1650},
		{"{\"field\": \"A\", \"unit\": {\"field\": \"U\"}}", "\"A\": 2, \"U\": \"Acres\"",
			87120},
		{"{\"field\": \"A\", \"unit\": {\"field\": \"U\"}}",
			"\"A\": 100, \"U\": \"Square Meters\"", 1076},
		{"{\"field\": \"A\", \"unit\": {\"field\": \"U\"}}", "\"A\": 100, \"U\": null",
			100},
		{"{\"field\": \"A\", \"unit\": {\"field\": \"U\"}}", "\"A\": 100, \"U\": \"rods\"",
			LISTING_NULL},
		{"{\"first\": [{\"field\": \"A\", \"unit\": \"acres\"}, {\"field\": \"B\", \"unit\": \"sqm\"}]}",
			"\"B\": 100", 1076},
		{"{\"field\": \"A\", \"unit\": \"acres\"}", "\"A\": 1e9", LISTING_NULL},
		{"{\"field\": \"A\", \"unit\": \"sqm\"}", "\"A\": \"big\"", LISTING_NULL},
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct listing_row row = row_of(*state,
			str_printf(*state, "\"living_area_sqft\": %s", cases[i].value).p,
			cases[i].fields);
		if (row.values[LISTING_LIVING_AREA_SQFT].n != cases[i].wanted)
			print_message("%s of %s\n", cases[i].value, cases[i].fields);
		assert_int_equal(row.values[LISTING_LIVING_AREA_SQFT].n, cases[i].wanted);
		assert_int_equal(row.problems_n, cases[i].wanted == LISTING_NULL);
	}
}

static void translates_words(void **state)
{
	static const char keep[] =
		"{\"field\": \"A\", \"lookup\": {\"MIA\": \"Miami\", \"7\": \"Seven\", \"no\": null}}";

	city_is(*state, keep, "\"A\": \"MIA\"", "Miami");
	city_is(*state, keep, "\"A\": 7", "Seven");
	city_is(*state, keep, "\"A\": \"no\"", NULL);
	city_is(*state, keep, "\"A\": \"Doral\"", "Doral");
	city_is(*state, keep, "\"A\": [\"MIA\", \"Doral\", \"no\"]", "Miami, Doral");
	city_is(*state, "{\"field\": \"A\", \"lookup\": {\"MIA\": \"Miami\"}, \"otherwise\": null}",
		"\"A\": \"Doral\"", NULL);
	city_is(*state,
		"{\"field\": \"A\", \"lookup\": {\"MIA\": \"Miami\"}, \"otherwise\": \"keep\"}",
		"\"A\": \"Doral\"", "Doral");
	city_is(*state,
		"{\"field\": \"A\", \"lookup\": {\"MIA\": \"Miami\"}, \"otherwise\": \"Other\"}",
		"\"A\": \"Doral\"", "Other");
	city_is(*state,
		"{\"field\": \"A\", \"lookup\": {\"MIA\": \"Miami\"}, \"otherwise\": \"Other\"}",
		"\"B\": 1", NULL);
	struct listing_row row = row_of(*state,
		"\"standard_status\": {\"field\": \"MlsStatus\", \"lookup\": {\"ACT\": \"Active\", \"U\": \"ActiveUnderContract\"}}",
		"\"MlsStatus\": \"U\"");
	assert_true(str_eq(row.values[LISTING_STANDARD_STATUS].s, STR("Active Under Contract")));
}

static void fills_extra_with_values_as_they_come(void **state)
{
	struct listing_row row = row_of(*state,
		"\"extra\": {\"pool\": \"PoolPrivateYN\", \"fee\": \"AssociationFee\", \"views\": \"View\", \"none\": \"Nothing\","
		" \"blank\": \"Blank\", \"list\": \"Empty\", \"odd\": \"Object\", \"land\": {\"field\": \"Lot\", \"unit\": \"acres\"},"
		" \"heat\": {\"field\": \"Heat\", \"lookup\": {\"E\": \"Electric\"}}, \"here\": {\"constant\": true}}",
		"\"PoolPrivateYN\": true, \"AssociationFee\": 12.50, \"View\": [\"Bay\", \"City\"], \"Nothing\": null, \"Blank\": \" \","
		" \"Empty\": [], \"Object\": {\"a\": 1}, \"Lot\": 2, \"Heat\": [\"E\", \"Gas\"]");

	assert_true(str_eq(row.extra,
		STR("{\"pool\":true,\"fee\":12.50,\"views\":[\"Bay\",\"City\"],\"land\":87120,\"heat\":[\"Electric\",\"Gas\"],\"here\":true}")));
	assert_int_equal(row.problems_n, 1);
	assert_true(str_eq(row.problems[0].field, STR("extra.odd")));
	assert_null(row_of(*state, "\"city\": \"City\"", "\"City\": \"x\"").extra.p);
	assert_true(
		str_eq(row_of(*state, "\"extra\": {\"pool\": \"Pool\"}", "\"City\": \"x\"").extra,
			STR("{}")));
}

static void another_document_has_another_hash(void **state)
{
	static const char *const documents[] = {"", "\"city\": \"City\"",
		"\"city\": {\"first\": [\"City\", \"PostalCity\"]}",
		"\"city\": {\"first\": [\"PostalCity\", \"City\"]}",
		"\"city\": {\"field\": \"City\", \"lookup\": {\"a\": \"b\"}}",
		"\"extra\": {\"a\": \"A\"}", "\"extra\": {\"a\": \"B\"}",
		"\"extra\": {\"b\": \"A\"}"};

	for (size_t i = 0; i < N(documents); i++)
		for (size_t k = 0; k < N(documents); k++)
			assert_int_equal(hash_128_eq(mapping_hash(
							     compile(*state, documents[i], NULL)),
						 mapping_hash(compile(*state, documents[k], NULL))),
				i == k);
}

static void a_lone_field_is_as_good_as_its_name(void **state)
{
	struct mapping *m =
		compile(*state, "\"modification_ts\": {\"field\": \" Changed \"}", NULL);

	assert_non_null(m);
	assert_true(str_eq(m->fields[LISTING_MODIFICATION_TS], STR("Changed")));
}

static void of_equal_names_the_last_one_counts(void **state)
{
	struct listing_row row = row_of(*state,
		"\"city\": \"A\", \"city\": {\"constant\": \"x\"}, \"state\": {\"constant\": \"y\"}, \"state\": \"B\","
		" \"extra\": {\"p\": \"A\", \"p\": \"B\"}",
		"\"A\": \"a\", \"B\": \"b\"");

	assert_true(str_eq(row.values[LISTING_CITY].s, STR("x")));
	assert_true(str_eq(row.values[LISTING_STATE].s, STR("b")));
	assert_true(str_eq(row.extra, STR("{\"p\":\"b\"}")));
}

static void knows_what_is_not_for_the_public(void **state)
{
	static const char *const hidden[] = {"PrivateRemarks", "privateremarks",
		"PrivateOfficeRemarks", "ShowingInstructions", "LockBoxSerialNumber",
		"MRD_LockBoxType", "A_B_AccessCode", "OwnerName", "OccupantPhone", "TenantName",
		"BuyerAgencyCompensation", "DualOrVariableRateCommissionYN", "ListingAgreement"},
				 *const shown[] = {"PublicRemarks", "OwnerPays", "OwnershipType",
					 "TenantPays", "ListingTerms", "Private", "_", "",
					 "Ownership"};

	(void)state;
	for (size_t i = 0; i < N(hidden); i++)
		assert_true(mapping_is_hidden(str_of(hidden[i])));
	for (size_t i = 0; i < N(shown); i++)
		assert_false(mapping_is_hidden(str_of(shown[i])));
}

static void two_hundred_extras_and_their_fields_are_found(void **state)
{
	struct arena *a = *state;
	struct buf document, payload;

	buf_init(&document, 0);
	buf_init(&payload, 0);
	buf_cstr(&document, "\"extra\": {");
	for (int i = 0; i < MAPPING_EXTRA_MAX; i++) {
		buf_printf(&document, "%s\"x%d\": \"Field%d\"", i ? ", " : "", i, i);
		buf_printf(&payload, "%s\"Field%d\": %d", i ? ", " : "", i, i);
	}
	buf_cstr(&document, "}");
	struct listing_row row =
		row_of(a, str_cstr(a, buf_view(&document)), str_cstr(a, buf_view(&payload)));
	buf_done(&document);
	buf_done(&payload);
	const struct json *extra = json(a, row.extra);
	assert_int_equal(json_len(extra), MAPPING_EXTRA_MAX);
	for (struct json_iter it = json_each(extra); json_next(&it);)
		assert_true(str_eq(str_sub(it.key, 1, it.key.len), json_scalar(it.value)));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(takes_the_first_value_that_can_be_used),
		TEST(the_first_number_is_one_that_the_column_takes),
		TEST(puts_texts_together),
		TEST(makes_square_feet_of_other_units),
		TEST(translates_words),
		TEST(fills_extra_with_values_as_they_come),
		TEST(another_document_has_another_hash),
		TEST(a_lone_field_is_as_good_as_its_name),
		TEST(of_equal_names_the_last_one_counts),
		TEST(knows_what_is_not_for_the_public),
		TEST(two_hundred_extras_and_their_fields_are_found),
	};
	return cmocka_run_group_tests_name("mod/mapping_value", tests, NULL, NULL);
}

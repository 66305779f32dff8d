#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
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

static const struct json *json(struct arena *a, const char *text)
{
	struct err e = {.arena = a};
	const struct json *v = json_parse(a, str_of(text), &e);

	if (!v)
		print_message("%s: %s\n", text, e.msg);
	assert_non_null(v);
	return v;
}

static struct mapping *compile(struct arena *a, const char *document)
{
	struct err e = {.arena = a};
	struct mapping *m = mapping_new(a, json(a, document), &e);

	if (!m)
		print_message("%s\n", e.msg);
	assert_non_null(m);
	return m;
}

/* The row that the default mapping makes of a payload, and its line for COPY in *line. */
static struct listing_row apply(struct arena *a, const char *payload, struct str *line)
{
	struct mapping *m = compile(a, mapping_default);
	const struct json *v = json(a, payload);
	struct err e = {.arena = a};
	struct listing_head head;
	struct listing_row row;
	struct buf raw, out;

	buf_init(&raw, 0);
	buf_init(&out, 0);
	assert_int_equal(mapping_head(m, a, v, &raw, &head, &e), 0);
	mapping_apply(m, a, v, &row);
	mapping_copy_listing(&out, &head, str_sub(buf_view(&raw), head.raw_at, raw.len), &row);
	if (line)
		*line = str_copy(a, buf_view(&out));
	buf_done(&raw);
	buf_done(&out);
	return row;
}

static struct str column(struct str line, const char *name)
{
	line.len--; /* the newline */
	for (const char *const *c = mapping_copy_columns; *c; c++) {
		struct str cell = str_cut(&line, '\t');
		if (!strcmp(*c, name))
			return cell;
	}
	fail_msg("there is no column %s", name);
	return STR_NULL;
}

static void column_is(struct str line, const char *name, const char *wanted)
{
	struct str got = column(line, name);

	if (!str_eq(got, str_of(wanted)))
		print_message("%s is " STR_FMT ", wanted %s\n", name, STR_ARG(got), wanted);
	assert_true(str_eq(got, str_of(wanted)));
}

/* --- documents -------------------------------------------------------------------------------------- */

static void refuses_documents_in_one_sentence(void **state)
{
	static const struct {
		const char *document, *words;
	} cases[] = {
		{"[]", "a mapping is an object of names, not a list"},
		{"{}", "a mapping must say where source_listing_key comes from"},
		{"{\"city\": \"City\"}", "a mapping must say where source_listing_key comes from"},
		{"{\"source_listing_key\": \"ListingKey\", \"bedroom\": \"BedroomsTotal\"}",
			"a mapping cannot fill 'bedroom': did you mean bedrooms?"},
		{"{\"source_listing_key\": \"ListingKey\", \"pool\": \"PoolPrivateYN\"}",
			"a mapping cannot fill 'pool': listings have no such field"},
		{"{\"source_listing_key\": 7}",
			"the mapping of source_listing_key must be the name of a RESO field or an object, not a number"},
		{"{\"source_listing_key\": null}",
			"the mapping of source_listing_key must be the name of a RESO field or an object, not null"},
		{"{\"source_listing_key\": \" \"}",
			"the mapping of source_listing_key must be a name of 1 to 128 bytes"},
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct err e = {.arena = *state};
		assert_null(mapping_new(*state, json(*state, cases[i].document), &e));
		assert_int_equal(e.code, E_INPUT);
		assert_string_equal(e.msg, cases[i].words);
	}
}

static void default_mapping_names_the_documented_fields(void **state)
{
	const struct json *document = json(*state, mapping_default);

	assert_int_equal(json_len(document), 19);
	for (int c = 0; c < LISTING_COLUMNS; c++) {
		struct str field = STR_NULL;
		bool named = json_to_str(json_get(document, mapping_columns[c].name), &field);
		assert_int_equal(named, mapping_columns[c].is_documented);
		if (named)
			assert_true(str_eq(field, str_of(mapping_columns[c].field)));
	}
}

static void copy_columns_are_the_typed_ones_and_five_more(void **state)
{
	(void)state;
	for (int c = 0; c < LISTING_COLUMNS; c++)
		assert_string_equal(mapping_copy_columns[c], mapping_columns[c].name);
	assert_string_equal(mapping_copy_columns[LISTING_COLUMNS], "raw");
	assert_string_equal(mapping_copy_columns[LISTING_COLUMNS + 1], "content_hash");
	assert_string_equal(mapping_copy_columns[LISTING_COLUMNS + 2], "media_hash");
	assert_string_equal(mapping_copy_columns[LISTING_COLUMNS + 3], "mapping_hash");
	assert_string_equal(mapping_copy_columns[LISTING_COLUMNS + 4], "extra");
	assert_null(mapping_copy_columns[LISTING_COLUMNS + 5]);
}

static void a_document_decides_what_its_columns_come_from(void **state)
{
	struct arena *a = *state;
	struct mapping *m = compile(a,
		"{\"source_listing_key\": \"Key\", \"city\": \"PostalCity\", \"community\": \"Local_Area\"}");
	const struct json *v = json(a,
		"{\"Key\": 17, \"PostalCity\": \"Miami\", \"City\": \"not asked for\", \"Local_Area\": \"Grove\","
		" \"MLSAreaMajor\": \"41\", \"YearBuilt\": 1990, \"CountyOrParish\": \"Miami-Dade\"}");
	struct listing_head head;
	struct listing_row row;
	struct buf raw;

	buf_init(&raw, 0);
	assert_int_equal(mapping_head(m, a, v, &raw, &head, NULL), 0);
	buf_done(&raw);
	assert_true(str_eq(head.key, STR("17")));
	mapping_apply(m, a, v, &row);
	assert_true(str_eq(row.values[LISTING_CITY].s, STR("Miami")));
	assert_true(str_eq(row.values[LISTING_COMMUNITY].s, STR("Grove")));
	assert_true(str_eq(row.values[LISTING_COUNTY].s, STR("Miami-Dade"))); /* its default */
	assert_true(row.values[LISTING_YEAR_BUILT].n == LISTING_NULL); /* documented, not named */
}

/* --- heads ------------------------------------------------------------------------------------------ */

static void rows_without_a_key_are_errors(void **state)
{
	static const struct {
		const char *payload, *words;
	} cases[] = {
		{"{}", "a listing's key, ListingKey, is missing"},
		{"{\"ListingKey\": null}", "a listing's key, ListingKey, is missing"},
		{"{\"ListingKey\": \"  \"}", "a listing's key, ListingKey, is missing"},
		{"{\"ListingKey\": \"\\u0000\"}", "a listing's key, ListingKey, is missing"},
		{"{\"listingkey\": \"a\"}", "a listing's key, ListingKey, is missing"},
		{"{\"ListingKey\": {\"a\": 1}}", "a listing's key, ListingKey, is an object"},
		{"[1]", "a listing is an object, not a list"},
		{"null", "a listing is an object, not null"},
	};
	struct mapping *m = compile(*state, mapping_default);
	struct listing_head head;
	struct buf raw;

	buf_init(&raw, 0);
	buf_cstr(&raw, "before");
	for (size_t i = 0; i < N(cases); i++) {
		struct err e = {.arena = *state};
		assert_int_equal(mapping_head(m, *state, json(*state, cases[i].payload), &raw,
					 &head, &e),
			E_INPUT);
		assert_string_equal(e.msg, cases[i].words);
		assert_true(str_eq(buf_view(&raw), STR("before")));
	}
	buf_done(&raw);
}

static void a_key_that_is_too_long_is_an_error(void **state)
{
	struct mapping *m = compile(*state, mapping_default);
	struct err e = {.arena = *state};
	struct listing_head head;
	struct buf raw;

	buf_init(&raw, 0);
	struct str payload = str_printf(*state, "{\"ListingKey\": \"%0256d\"}", 7);
	assert_int_equal(mapping_head(m, *state, json(*state, payload.p), &raw, &head, &e),
		E_INPUT);
	assert_string_equal(e.msg, "a listing's key, ListingKey, is too long");
	buf_done(&raw);
}

static struct hash_128 hash_with(struct arena *a, const char *document, const char *payload)
{
	struct mapping *m = compile(a, document);
	struct listing_head head;
	struct buf raw;

	buf_init(&raw, 0);
	buf_cstr(&raw, "something before");
	assert_int_equal(mapping_head(m, a, json(a, payload), &raw, &head, NULL), 0);
	buf_done(&raw);
	return head.hash;
}

static void hashes_tell_whether_payload_or_mapping_changed(void **state)
{
	const char *d = mapping_default;
	struct hash_128 h = hash_with(*state, d, "{\"ListingKey\": \"a\", \"ListPrice\": 1}");

#define SAME(payload) assert_true(hash_128_eq(h, hash_with(*state, d, payload)))
#define OTHER(payload) assert_false(hash_128_eq(h, hash_with(*state, d, payload)))
	SAME("{\"ListingKey\": \"a\", \"ListPrice\": 1}");
	SAME("{\"ListingKey\":\"a\",\"ListPrice\":1}");
	SAME("{\"@odata.id\": \"http://one/a\", \"ListingKey\": \"a\", \"ListPrice\": 1}");
	SAME("{\"@odata.context\": \"x\", \"@odata.id\": \"y\", \"ListingKey\": \"a\", \"ListPrice\": 1}");
	OTHER("{\"ListingKey\": \"a\", \"ListPrice\": 2}");
	OTHER("{\"ListingKey\": \"a\", \"ListPrice\": 1, \"Unheard\": null}");
	OTHER("{\"ListingKey\": \"a\", \"ListPrice\": 1.0}");
#undef SAME
#undef OTHER
	const char *other = "{\"source_listing_key\": \"ListingKey\"}";
	assert_true(hash_128_eq(h,
		hash_with(*state, other, "{\"ListingKey\": \"a\", \"ListPrice\": 1}")));
	assert_true(
		hash_128_eq(mapping_hash(compile(*state, d)), mapping_hash(compile(*state, d))));
	assert_false(hash_128_eq(mapping_hash(compile(*state, d)),
		mapping_hash(compile(*state, other))));
}

static void the_cursor_time_is_the_vendors_own_where_there_is_one(void **state)
{
	static const struct {
		const char *payload;
		int64_t us;
	} cases[] = {
		{"{\"ListingKey\": \"a\"}", LISTING_NULL},
		{"{\"ListingKey\": \"a\", \"ModificationTimestamp\": \"1970-01-01T00:00:01Z\"}",
			1000000},
		{"{\"ListingKey\": \"a\", \"ModificationTimestamp\": \"1970-01-01T00:00:01Z\","
		 " \"BridgeModificationTimestamp\": \"1970-01-01T00:00:02Z\"}",
			2000000},
		{"{\"ListingKey\": \"a\", \"ModificationTimestamp\": \"1970-01-01T00:00:01Z\","
		 " \"BridgeModificationTimestamp\": \"TBD\"}",
			1000000},
	};
	struct mapping *m = compile(*state, mapping_default);
	struct listing_head head;
	struct buf raw;

	buf_init(&raw, 0);
	for (size_t i = 0; i < N(cases); i++) {
		const struct json *v = json(*state, cases[i].payload);
		assert_int_equal(mapping_head(m, *state, v, &raw, &head, NULL), 0);
		assert_int_equal(head.source_modified_at, cases[i].us);
	}
	buf_done(&raw);
}

/* --- rows ------------------------------------------------------------------------------------------- */

static void types_a_whole_row(void **state)
{
	struct str line;
	struct listing_row row = apply(*state,
		"{\"@odata.id\": \"http://x/Property('k')\", \"ListingKey\": \"k\", \"ListingId\": \"A1\","
		"\"StandardStatus\": \"ActiveUnderContract\", \"ModificationTimestamp\": \"2020-10-31T14:42:10.460Z\","
		"\"ListingContractDate\": \"2024-12-26T08:00:00Z\", \"CloseDate\": null, \"UnparsedAddress\": \"\","
		"\"StreetNumber\": \"1450\", \"StreetDirPrefix\": \"SW\", \"StreetName\": \"8th\", \"StreetSuffix\": \"St\","
		"\"UnitNumber\": \"B\", \"City\": \"Miami\", \"StateOrProvince\": \"FL\", \"PostalCode\": 33131,"
		"\"SubdivisionName\": [\"Brickell\"], \"CountyOrParish\": \"Miami-Dade\", \"Latitude\": 25.7632,"
		"\"Longitude\": \"-80.1925\", \"PropertyType\": \"Residential\", \"BedroomsTotal\": 3.0,"
		"\"BathroomsTotalInteger\": 2.5, \"LivingArea\": \"1,650\", \"LotSizeAcres\": 0.25, \"YearBuilt\": \"1990\","
		"\"ListPrice\": 425000.5, \"PublicRemarks\": \"Line one\\nline \\\\ two\\ttab\", \"PhotosCount\": 2}",
		&line);

	assert_int_equal(row.problems_n, 0);
	column_is(line, "source_listing_key", "k");
	column_is(line, "standard_status", "Active Under Contract");
	column_is(line, "modification_ts", "2020-10-31T14:42:10.460000Z");
	column_is(line, "source_modified_at", "2020-10-31T14:42:10.460000Z");
	column_is(line, "list_date", "2024-12-26");
	column_is(line, "close_date", "\\N");
	column_is(line, "address_full", "1450 SW 8th St #B, Miami, FL 33131");
	column_is(line, "street_name", "SW 8th St");
	column_is(line, "postal_code", "33131");
	column_is(line, "subdivision", "Brickell");
	column_is(line, "building_name", "\\N");
	column_is(line, "latitude", "25.7632");
	column_is(line, "longitude", "-80.1925");
	column_is(line, "bedrooms", "3");
	column_is(line, "bathrooms", "2.5");
	column_is(line, "living_area_sqft", "1650");
	column_is(line, "lot_size_sqft", "10890");
	column_is(line, "year_built", "1990");
	column_is(line, "list_price", "425001");
	column_is(line, "price_per_sqft", "258");
	column_is(line, "public_remarks", "Line one\\nline \\\\ two\\ttab");
	column_is(line, "photo_count", "2");
	column_is(line, "media_hash", "\\N");
	assert_true(
		str_starts(column(line, "raw"), STR("{\"@odata.id\":\"http://x/Property('k')\",")));
	assert_int_equal(column(line, "content_hash").len, 3 + 32);
	assert_true(str_starts(column(line, "content_hash"), STR("\\\\x")));
}

static void empties_and_reports_what_cannot_be_typed(void **state)
{
	struct str line;
	struct listing_row row = apply(*state,
		"{\"ListingKey\": \"k\", \"ListPrice\": \"call\", \"ListingContractDate\": \"TBD\", \"YearBuilt\": 19905,"
		"\"BedroomsTotal\": 2.5, \"City\": {\"a\": 1}, \"StandardStatus\": \"Gone\", \"Latitude\": 0,"
		"\"Longitude\": 0, \"PostalCode\": \"33131\"}",
		&line);

	assert_int_equal(row.problems_n, 7);
	column_is(line, "list_price", "\\N");
	column_is(line, "list_date", "\\N");
	column_is(line, "year_built", "\\N");
	column_is(line, "bedrooms", "\\N");
	column_is(line, "city", "\\N");
	column_is(line, "standard_status", "\\N");
	column_is(line, "latitude", "\\N");
	column_is(line, "longitude", "\\N");
	column_is(line, "postal_code", "33131");
	assert_true(str_eq(mapping_problem_text(*state, &row.problems[1]),
		STR("ListingContractDate: \"TBD\" is no date")));
	assert_true(str_find(column(line, "raw"), STR("\"TBD\"")) > 0); /* the payload is kept */
}

static void keeps_some_problems_and_counts_all(void **state)
{
	struct arena *a = *state;
	struct buf b;

	buf_init(&b, 0);
	buf_cstr(&b,
		"{\"ListingKey\": \"k\", \"UnparsedAddress\": {\"a\": "
		"\"0123456789012345678901234567890123456789012345678901234567890123456789\xc3\xa9\"},"
		"\"City\": {}, \"Media\": [");
	for (int i = 0; i < LISTING_PROBLEMS_MAX; i++)
		buf_cstr(&b, i ? ", 7" : "7");
	buf_cstr(&b, "]}");
	struct listing_row row = apply(a, str_cstr(a, buf_view(&b)), NULL);
	buf_done(&b);
	assert_int_equal(row.problems_n, LISTING_PROBLEMS_MAX + 2);
	for (int i = 0; i < LISTING_PROBLEMS_MAX; i++) {
		assert_true(row.problems[i].value.len <= 80);
		assert_true(str_is_utf8(row.problems[i].value));
	}
}

static void takes_values_as_feeds_write_them(void **state)
{
	static const struct {
		const char *fields, *column, *wanted;
	} cases[] = {
		{"\"ListPrice\": 0", "list_price", "\\N"}, /* zero is "not said" */
		{"\"LivingArea\": 0, \"ListPrice\": 5", "price_per_sqft", "\\N"},
		{"\"LivingArea\": 0", "living_area_sqft", "\\N"},
		{"\"YearBuilt\": 0", "year_built", "\\N"},
		{"\"BedroomsTotal\": 0", "bedrooms", "0"}, /* a studio */
		{"\"PhotosCount\": 0", "photo_count", "0"},
		{"\"ListPrice\": 3000000000", "list_price", "\\N"},
		{"\"ClosePrice\": \"$181,000\"", "close_price", "181000"},
		{"\"LivingArea\": 100, \"LivingAreaUnits\": \"Square Meters\"", "living_area_sqft",
			"1076"},
		{"\"LivingArea\": 100, \"LivingAreaUnits\": \"Square Feet\"", "living_area_sqft",
			"100"},
		{"\"LivingArea\": 0.04, \"LivingAreaUnits\": \"Square Meters\"", "living_area_sqft",
			"\\N"},
		{"\"LotSizeSquareFeet\": 8015.04, \"LotSizeAcres\": 9", "lot_size_sqft", "8015"},
		{"\"LotSizeAcres\": \"0.184\"", "lot_size_sqft", "8015"},
		{"\"LotSizeArea\": 0.184, \"LotSizeUnits\": \"Acres\"", "lot_size_sqft", "8015"},
		{"\"LotSizeArea\": 500, \"LotSizeUnits\": \"Square Meters\"", "lot_size_sqft",
			"5382"},
		{"\"LotSizeArea\": 500", "lot_size_sqft", "\\N"}, /* of what? */
		{"\"Latitude\": 25.1234567891, \"Longitude\": -80", "latitude", "25.1234567891"},
		{"\"Latitude\": 25.1, \"Longitude\": -0.000001", "longitude", "-0.000001"},
		{"\"Latitude\": 25.100, \"Longitude\": -80.000010", "longitude", "-80.00001"},
		{"\"BathroomsTotalInteger\": 2.0", "bathrooms", "2"},
		{"\"BathroomsTotalInteger\": 0", "bathrooms", "0"},
		{"\"MLSAreaMajor\": \"41\"", "community", "\\N"},
		{"\"MLSAreaMajor\": \"41 - Grove\"", "community", "41 - Grove"},
		{"\"LotSizeAcres\": 1e9", "lot_size_sqft", "\\N"},
		{"\"ListPrice\": 1000, \"LivingArea\": 3", "price_per_sqft", "333"},
		{"\"Latitude\": 25.123456789", "latitude", "\\N"}, /* alone */
		{"\"Latitude\": -0.0, \"Longitude\": 10", "longitude", "10"},
		{"\"Latitude\": 91, \"Longitude\": 10", "longitude", "\\N"},
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct str line;
		struct str payload =
			str_printf(*state, "{\"ListingKey\": \"k\", %s}", cases[i].fields);
		apply(*state, payload.p, &line);
		column_is(line, cases[i].column, cases[i].wanted);
	}
}

static void puts_addresses_together_and_takes_them_apart(void **state)
{
	static const struct {
		const char *fields, *column, *wanted;
	} cases[] = {
		{"\"StreetNumber\": \"5\", \"StreetName\": \"Main\", \"City\": \"X\"",
			"address_full", "5 Main, X"},
		{"\"StreetName\": \"Main\", \"PostalCode\": \"1\"", "address_full", "Main, 1"},
		{"\"StreetNumber\": \"5\", \"City\": \"X\"", "address_full", "\\N"},
		{"\"UnparsedAddress\": \"as it is\", \"StreetName\": \"Main\"", "address_full",
			"as it is"},
		{"\"UnparsedAddress\": \"1307 Southport DR # B, Austin TX\"", "street_number",
			"1307"},
		{"\"UnparsedAddress\": \"1307 Southport DR # B, Austin TX\"", "street_name",
			"Southport DR"},
		{"\"UnparsedAddress\": \"1307 Southport DR # B, Austin TX\"", "unit_number", "B"},
		{"\"UnparsedAddress\": \"1307 Southport DR # B, A\", \"StreetName\": \"Elm\"",
			"street_number", "\\N"},
		{"\"StreetName\": \"KIMBALL AVENUE\", \"StreetSuffix\": \"Avenue\"", "street_name",
			"KIMBALL AVENUE"},
		{"\"StreetName\": \"NW 8th\", \"StreetDirPrefix\": \"NW\"", "street_name",
			"NW 8th"},
		{"\"StreetName\": \"Nwood\", \"StreetDirPrefix\": \"N\"", "street_name", "N Nwood"},
		{"\"StreetName\": \"Ocean\", \"StreetSuffix\": \"Dr\", \"StreetDirSuffix\": \"S\"",
			"street_name", "Ocean Dr S"},
		{"\"StreetSuffix\": \"Dr\"", "street_name", "\\N"},
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct str line;
		struct str payload =
			str_printf(*state, "{\"ListingKey\": \"k\", %s}", cases[i].fields);
		apply(*state, payload.p, &line);
		column_is(line, cases[i].column, cases[i].wanted);
	}
}

static void drops_what_postgres_cannot_store(void **state)
{
	struct str line;

	apply(*state,
		"{\"ListingKey\": \"k\", \"A\\u0000b\": \"c\\u0000d\", \"Big\": 1e99999, \"City\": \"M\\u0000i\"}",
		&line);
	column_is(line, "raw",
		"{\"ListingKey\":\"k\",\"Ab\":\"cd\",\"Big\":\"1e99999\",\"City\":\"Mi\"}");
	column_is(line, "city", "Mi");
}

static void the_last_of_equal_names_counts(void **state)
{
	struct str line;

	apply(*state, "{\"ListingKey\": \"k\", \"City\": \"first\", \"City\": \"last\"}", &line);
	column_is(line, "city", "last");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(refuses_documents_in_one_sentence),
		TEST(default_mapping_names_the_documented_fields),
		TEST(copy_columns_are_the_typed_ones_and_five_more),
		TEST(a_document_decides_what_its_columns_come_from),
		TEST(rows_without_a_key_are_errors),
		TEST(a_key_that_is_too_long_is_an_error),
		TEST(hashes_tell_whether_payload_or_mapping_changed),
		TEST(the_cursor_time_is_the_vendors_own_where_there_is_one),
		TEST(types_a_whole_row),
		TEST(empties_and_reports_what_cannot_be_typed),
		TEST(keeps_some_problems_and_counts_all),
		TEST(takes_values_as_feeds_write_them),
		TEST(puts_addresses_together_and_takes_them_apart),
		TEST(drops_what_postgres_cannot_store),
		TEST(the_last_of_equal_names_counts),
	};
	return cmocka_run_group_tests_name("mod/mapping", tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "mod/mls/normal.h"

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

/* NULL for the empty text: a value that is absent from its row. */
static const struct json *value(struct arena *a, const char *text)
{
	struct err e = {.arena = a};

	if (!*text)
		return NULL;
	const struct json *v = json_parse(a, str_of(text), &e);
	if (!v)
		print_message("%s: %s\n", text, e.msg);
	assert_non_null(v);
	return v;
}

static void same_reason(const char *input, const char *got, const char *wanted)
{
	if (!got != !wanted || (got && strcmp(got, wanted)))
		print_message("%s: %s, wanted %s\n", input, got ? got : "fine",
			wanted ? wanted : "fine");
	assert_true(!got == !wanted && (!got || !strcmp(got, wanted)));
}

static void types_texts(void **state)
{
	static const struct {
		const char *input, *text, *why;
	} cases[] = {
		{"", NULL, NULL},
		{"null", NULL, NULL},
		{"\"\"", NULL, NULL},
		{"\"  \\t \"", NULL, NULL},
		{"\"Miami\"", "Miami", NULL},
		{"\"  Miami \\n\"", "Miami", NULL},
		{"\"Mi\\u0000ami\"", "Miami", NULL},
		{"\"\\u0000\"", NULL, NULL},
		{"33131", "33131", NULL},
		{"1.10", "1.10", NULL},
		{"true", "true", NULL},
		{"[]", NULL, NULL},
		{"[\"None\"]", "None", NULL},
		{"[\"Pool\", null, \"\", \" Dock \", 3]", "Pool, Dock, 3", NULL},
		{"[[\"a\"]]", NULL, "holds another list or an object"},
		{"[\"a\", {\"b\": 1}]", NULL, "holds another list or an object"},
		{"{}", NULL, "is an object"},
		{"\"12345678901\"", NULL, "is too long"},
		{"[\"123456\", \"789\"]", NULL, "is too long"},
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct str s = STR("before");
		size_t max = strstr(cases[i].input, "123456") ? 10 : 100;
		const char *why = normal_text(*state, value(*state, cases[i].input), max, &s);
		same_reason(cases[i].input, why, cases[i].why);
		assert_true(str_eq(s, str_of(cases[i].text)));
	}
}

static void spells_statuses_as_reso_does(void **state)
{
	static const struct {
		const char *input, *status, *why;
	} cases[] = {
		{"null", NULL, NULL},
		{"\"\"", NULL, NULL},
		{"\"Active\"", "Active", NULL},
		{"\"ACTIVE\"", "Active", NULL},
		{"\"Active_Under_Contract\"", "Active Under Contract", NULL},
		{"\"ActiveUnderContract\"", "Active Under Contract", NULL},
		{"\"active under-contract\"", "Active Under Contract", NULL},
		{"\"Cancelled\"", "Canceled", NULL},
		{"\"Canceled\"", "Canceled", NULL},
		{"\"closed\"", "Closed", NULL},
		{"\"Sold\"", "Closed", NULL},
		{"\"ComingSoon\"", "Coming Soon", NULL},
		{"\"Deleted\"", "Delete", NULL},
		{"\"Delete\"", "Delete", NULL},
		{"\"EXPIRED\"", "Expired", NULL},
		{"\"Hold\"", "Hold", NULL},
		{"\"Incomplete\"", "Incomplete", NULL},
		{"\"pending\"", "Pending", NULL},
		{"\"Withdrawn\"", "Withdrawn", NULL},
		{"[\"Pending\", \"Active\"]", "Pending", NULL},
		{"\"Off Market\"", NULL, "is no StandardStatus"},
		{"\"Activ\"", NULL, "is no StandardStatus"},
		{"\"an endless text that is longer than any status\"", NULL,
			"is no StandardStatus"},
		{"7", NULL, "is no StandardStatus"},
		{"{\"a\":1}", NULL, "is an object"},
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct str s = STR("before");
		const char *why = normal_status(*state, value(*state, cases[i].input), &s);
		same_reason(cases[i].input, why, cases[i].why);
		assert_true(str_eq(s, str_of(cases[i].status)));
	}
}

static void types_numbers(void **state)
{
	static const struct {
		const char *input;
		double x;
		const char *why;
	} cases[] = {
		{"", NAN, NULL},
		{"null", NAN, NULL},
		{"\"\"", NAN, NULL},
		{"25.7632", 25.7632, NULL},
		{"\"25.7632\"", 25.7632, NULL},
		{"\" -80.1925 \"", -80.1925, NULL},
		{"-80.19251234567", -80.19251234567, NULL},
		{"\"1,250.5\"", 1250.5, NULL},
		{"\"$425,000\"", 425000, NULL},
		{"\"$ 425,000.50\"", 425000.5, NULL},
		{"1e3", 1000, NULL},
		{"[3]", 3, NULL},
		{"[]", NAN, NULL},
		{"[3, 4]", NAN, "is a list of several"},
		{"\"4,25\"", NAN, "is no number"},
		{"\",425\"", NAN, "is no number"},
		{"\"1,2345\"", NAN, "is no number"},
		{"\"TBD\"", NAN, "is no number"},
		{"\"3 beds\"", NAN, "is no number"},
		{"\"0x10\"", NAN, "is no number"},
		{"\"nan\"", NAN, "is no number"},
		{"\"inf\"", NAN, "is no number"},
		{"\"1111111111111111111111111111111111111111111111\"", NAN, "is no number"},
		{"true", NAN, "is no number"},
		{"{}", NAN, "is an object"},
		{"1e400", NAN, "is out of range"},
		{"2000000.5", NAN, "is out of range"},
		{"-2000000.5", NAN, "is out of range"},
	};

	for (size_t i = 0; i < N(cases); i++) {
		double x = 42;
		const char *why = normal_float(value(*state, cases[i].input), -2e6, 2e6, &x);
		same_reason(cases[i].input, why, cases[i].why);
		assert_true(isnan(x) ? isnan(cases[i].x) : x == cases[i].x);
	}
}

static void types_whole_numbers(void **state)
{
	static const struct {
		const char *input;
		int64_t exact;
		const char *why;
		int64_t rounded;
	} cases[] = {
		{"", NORMAL_NULL, NULL, NORMAL_NULL},
		{"\"\"", NORMAL_NULL, NULL, NORMAL_NULL},
		{"0", 0, NULL, 0},
		{"3", 3, NULL, 3},
		{"12.0", 12, NULL, 12},
		{"\"3\"", 3, NULL, 3},
		{"\"3.00\"", 3, NULL, 3},
		{"1.5e3", 1500, NULL, 1500},
		{"2147483647", 2147483647, NULL, 2147483647},
		{"2147483647.4", NORMAL_NULL, "is no whole number", 2147483647},
		{"2.5", NORMAL_NULL, "is no whole number", 3},
		{"2.4", NORMAL_NULL, "is no whole number", 2},
		{"425000.5", NORMAL_NULL, "is no whole number", 425001},
	};

	for (size_t i = 0; i < N(cases); i++) {
		int64_t n = 42, m = 42;
		const struct json *v = value(*state, cases[i].input);
		same_reason(cases[i].input, normal_int(v, 0, INT32_MAX, &n), cases[i].why);
		same_reason(cases[i].input, normal_round(v, 0, INT32_MAX, &m), NULL);
		assert_int_equal(n, cases[i].exact);
		assert_int_equal(m, cases[i].rounded);
	}
}

static void keeps_whole_numbers_in_their_range(void **state)
{
	static const char *const cases[] = {"-1", "2147483648", "2147483647.5", "99999999999",
		"1e30", "-1e30", "\"-5\""};

	for (size_t i = 0; i < N(cases); i++) {
		int64_t n = 42;
		const char *why = normal_round(value(*state, cases[i]), 0, INT32_MAX, &n);
		same_reason(cases[i], why, "is out of range");
		assert_int_equal(n, NORMAL_NULL);
	}
}

static void types_dates(void **state)
{
	static const struct {
		const char *input;
		int64_t days;
		const char *why;
	} cases[] = {
		{"null", NORMAL_NULL, NULL},
		{"\"\"", NORMAL_NULL, NULL},
		{"\"1970-01-02\"", 1, NULL},
		{"\"2024-12-26\"", 20083, NULL},
		{"\"2024-12-26T08:00:00Z\"", 20083, NULL},
		{"\"2024-12-26T23:30:00-05:00\"", 20083, NULL}, /* as written */
		{"\"2024-12-26 08:00\"", 20083, NULL},
		{"[\"2024-12-26\"]", 20083, NULL},
		{"\"TBD\"", NORMAL_NULL, "is no date"},
		{"\"12/26/2024\"", NORMAL_NULL, "is no date"},
		{"\"2024-02-30\"", NORMAL_NULL, "is no date"},
		{"\"2024-12-26 tomorrow\"", NORMAL_NULL, "is no date"},
		{"\"0000-00-00\"", NORMAL_NULL, "is no date"},
		{"20241226", NORMAL_NULL, "is no date"},
		{"{}", NORMAL_NULL, "is an object"},
	};

	for (size_t i = 0; i < N(cases); i++) {
		int64_t days = 42;
		const char *why = normal_date(value(*state, cases[i].input), &days);
		same_reason(cases[i].input, why, cases[i].why);
		assert_int_equal(days, cases[i].days);
	}
}

static void types_times(void **state)
{
	static const struct {
		const char *input;
		int64_t us;
		const char *why;
	} cases[] = {
		{"null", NORMAL_NULL, NULL},
		{"\"2020-10-31T14:42:10.460Z\"", 1604155330460000, NULL},
		{"\"2020-10-31T14:42:10.460\"", 1604155330460000, NULL}, /* naive is UTC */
		{"\"2020-10-31T10:42:10.460-04:00\"", 1604155330460000, NULL},
		{"\"2020-10-31\"", 1604102400000000, NULL},
		{"\"TBD\"", NORMAL_NULL, "is no time"},
		{"\"yesterday\"", NORMAL_NULL, "is no time"},
		{"1604155330", NORMAL_NULL, "is no time"},
		{"[\"2020-10-31\", \"2020-11-01\"]", NORMAL_NULL, "is a list of several"},
	};

	for (size_t i = 0; i < N(cases); i++) {
		int64_t us = 42;
		const char *why = normal_time(value(*state, cases[i].input), &us);
		same_reason(cases[i].input, why, cases[i].why);
		assert_int_equal(us, cases[i].us);
	}
}

static void types_truth(void **state)
{
	static const struct {
		const char *input;
		int64_t truth;
		const char *why;
	} cases[] = {
		{"null", NORMAL_NULL, NULL},
		{"true", 1, NULL},
		{"false", 0, NULL},
		{"\"true\"", 1, NULL},
		{"\"FALSE\"", 0, NULL},
		{"\"Y\"", 1, NULL},
		{"\"n\"", 0, NULL},
		{"\"Yes\"", 1, NULL},
		{"\"no\"", 0, NULL},
		{"\"T\"", 1, NULL},
		{"\"f\"", 0, NULL},
		{"1", 1, NULL},
		{"0", 0, NULL},
		{"2", NORMAL_NULL, "is neither true nor false"},
		{"\"maybe\"", NORMAL_NULL, "is neither true nor false"},
		{"[true]", 1, NULL},
	};

	for (size_t i = 0; i < N(cases); i++) {
		int64_t truth = 42;
		const char *why = normal_bool(value(*state, cases[i].input), &truth);
		same_reason(cases[i].input, why, cases[i].why);
		assert_int_equal(truth, cases[i].truth);
	}
}

static void takes_a_place_whole_or_not_at_all(void **state)
{
	static const struct {
		double lat, lon;
		const char *why;
		bool stays;
	} cases[] = {
		{25.7, -80.2, NULL, true},
		{NAN, NAN, NULL, false},
		{0, -80.2, NULL, true},
		{0, 0, "is the point (0, 0)", false},
		{25.7, NAN, "has no counterpart", false},
		{NAN, -80.2, "has no counterpart", false},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		double lat = cases[i].lat, lon = cases[i].lon;
		same_reason("place", normal_place(&lat, &lon), cases[i].why);
		assert_int_equal(!isnan(lat), cases[i].stays);
		assert_int_equal(!isnan(lon), cases[i].stays);
	}
}

static void cuts_an_address_only_when_it_is_safe(void **state)
{
	static const struct {
		const char *line, *number, *street, *unit;
	} cases[] = {
		{"1307 Southport DR # B, Austin TX 78704", "1307", "Southport DR", "B"},
		{"1450 Brickell Ave #2304, Miami, FL 33131", "1450", "Brickell Ave", "2304"},
		{"12B Main St, Miami, FL", "12B", "Main St", NULL},
		{"900 NW 8th St , Miami", "900", "NW 8th St", NULL},
		{"900 NW 8th St", NULL, NULL, NULL}, /* where does the street end? */
		{"Lot 5 Sunset Dr, Miami", NULL, NULL, NULL},
		{"Brickell Ave, Miami", NULL, NULL, NULL},
		{"100 & 102 Main St, Miami", NULL, NULL, NULL},
		{"100 1/2 Main St, Miami", NULL, NULL, NULL},
		{"1450 #2304, Miami", NULL, NULL, NULL},
		{"1450 Brickell Ave # , Miami", NULL, NULL, NULL},
		{"1450 Brickell Ave #12 rear, Miami", NULL, NULL, NULL},
		{"1234567 Main St, Miami", NULL, NULL, NULL},
		{"", NULL, NULL, NULL},
		{",", NULL, NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct normal_address parts;
		bool cut = normal_address_cut(str_of(cases[i].line), &parts);
		if (cut != !!cases[i].number)
			print_message("%s\n", cases[i].line);
		assert_int_equal(cut, !!cases[i].number);
		if (!cut)
			continue;
		assert_true(str_eq(parts.number, str_of(cases[i].number)));
		assert_true(str_eq(parts.street, str_of(cases[i].street)));
		assert_true(str_eq(parts.unit, str_of(cases[i].unit)));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(types_texts),
		TEST(spells_statuses_as_reso_does),
		TEST(types_numbers),
		TEST(types_whole_numbers),
		TEST(keeps_whole_numbers_in_their_range),
		TEST(types_dates),
		TEST(types_times),
		TEST(types_truth),
		TEST(takes_a_place_whole_or_not_at_all),
		TEST(cuts_an_address_only_when_it_is_safe),
	};
	return cmocka_run_group_tests_name("mod/normal", tests, NULL, NULL);
}

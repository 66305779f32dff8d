#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <time.h>

#include "base/clock.h"

#define N(a) (sizeof(a) / sizeof(*(a)))
#define SECONDS(n) ((n) * US_PER_SECOND)

static void reads_the_forms_feeds_use(void **state)
{
	static const struct {
		const char *text;
		int64_t us;
	} cases[] = {
		{"1970-01-01", 0},
		{"1970-01-02", US_PER_DAY},
		{"1969-12-31T23:59:59Z", -SECONDS(1)},
		{"2026-11-21T12:00:00.123456Z", 1795262400123456},
		{"2026-11-21t12:00:00.123456z", 1795262400123456},
		{"2026-11-21 12:00:00.123456", 1795262400123456},
		{"2026-11-21T12:00:00.123456789Z", 1795262400123456},
		{"2026-11-21T12:00:00.9999999Z", 1795262400999999},
		{"2026-11-21T12:00:00.5Z", 1795262400500000},
		{"2026-11-21T12:00:00,50Z", 1795262400500000},
		{"2026-11-21T12:00:00Z", SECONDS(1795262400)},
		{"2026-11-21T12:00Z", SECONDS(1795262400)},
		{"2026-11-21T12:00", SECONDS(1795262400)},
		{"2026-11-21T07:00:00-05:00", SECONDS(1795262400)},
		{"2026-11-21T17:30:00+05:30", SECONDS(1795262400)},
		{"2026-11-21T17:30:00+0530", SECONDS(1795262400)},
		{"2026-11-21 14:00:00+02", SECONDS(1795262400)},
		{"2026-11-21T12:00:00-00:00", SECONDS(1795262400)},
		{"2024-02-29", SECONDS(1709164800)},
		{"2000-02-29", SECONDS(951782400)},
		{"0001-01-01", -SECONDS(62135596800)},
		{"9999-12-31T23:59:59.999999Z", SECONDS(253402300800) - 1},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		int64_t us = 42;
		if (!clock_parse_iso(str_of(cases[i].text), &us) || us != cases[i].us)
			print_message("%s: %lld\n", cases[i].text, (long long)us);
		assert_true(us == cases[i].us);
	}
}

static void refuses_what_is_no_time(void **state)
{
	static const char *const cases[] = {"", "TBD", "2026", "2026-11", "2026-02-30",
		"2023-02-29", "1900-02-29", "2026-00-10", "2026-13-10", "2026-11-00", "2026-11-31",
		"0000-01-01", "26-11-21", "2026-1-21", "2026/11/21", "20261121", "2026-11-21T",
		"2026-11-21T12", "2026-11-21T24:00:00", "2026-11-21T12:60:00",
		"2026-11-21T23:59:60Z", "2026-11-21T12:00:00.Z",
		"2026-11-21T12:00:", "2026-11-21T12:00:00+", "2026-11-21T12:00:00+5",
		"2026-11-21T12:00:00+16:00", "2026-11-21T12:00:00+05:60",
		"2026-11-21T12:00:00+05:3", "2026-11-21T12:00:00+05:", "2026-11-21T12:00:00ZZ",
		"2026-11-21T12:00:00 Z", " 2026-11-21", "2026-11-21 ", "2026-11-21Z",
		"2026-11-21_12:00", "+2026-11-21", "2026-11-21T1a:00:00", "2026-11-21T12:00:00.12x",
		"2026-11-21T12.5"};
	int64_t us = 42;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		if (clock_parse_iso(str_of(cases[i]), &us))
			print_message("accepted: %s\n", cases[i]);
		assert_true(us == 42);
	}
	assert_false(clock_parse_iso(STR_NULL, &us));
	assert_false(clock_parse_iso(str_from("2026-11-21\0", 11), &us));
}

static void writes_what_it_reads(void **state)
{
	static const int64_t times[] = {0, -1, 1, 1795262400123456, -62135596800000000,
		253402300799999999, 951782399999999, -US_PER_DAY, -US_PER_DAY - 1};
	char text[CLOCK_ISO_SIZE];
	int64_t us;

	(void)state;
	assert_string_equal(clock_format_iso(text, 1795262400123456),
		"2026-11-21T12:00:00.123456Z");
	assert_string_equal(clock_format_iso(text, -1), "1969-12-31T23:59:59.999999Z");
	for (size_t i = 0; i < N(times); i++) {
		assert_true(clock_parse_iso(str_of(clock_format_iso(text, times[i])), &us));
		assert_true(us == times[i]);
	}
	assert_string_equal(clock_format_iso(text, INT64_MAX), "9999-12-31T23:59:59.999999Z");
	assert_string_equal(clock_format_iso(text, INT64_MIN), "0001-01-01T00:00:00.000000Z");
}

static void agrees_with_the_c_library_on_every_day(void **state)
{
	(void)state;
	for (int32_t days = -719162; days <= 2932896; days += 13) {
		time_t t = (time_t)days * 86400;
		struct tm tm;
		int32_t back;
		gmtime_r(&t, &tm);
		struct clock_date d = clock_date_of(days);
		assert_int_equal(d.year, tm.tm_year + 1900);
		assert_int_equal(d.month, tm.tm_mon + 1);
		assert_int_equal(d.day, tm.tm_mday);
		assert_int_equal(clock_weekday(days), (tm.tm_wday + 6) % 7);
		assert_true(clock_days(d, &back) && back == days);
	}
}

static void dates_stand_alone(void **state)
{
	char text[CLOCK_DATE_SIZE];
	int32_t days = 42;

	(void)state;
	assert_true(clock_parse_date(STR("2026-11-21"), &days));
	assert_int_equal(days, 20778);
	assert_string_equal(clock_format_date(text, days), "2026-11-21");
	assert_string_equal(clock_format_date(text, INT32_MIN), "0001-01-01");
	assert_string_equal(clock_format_date(text, INT32_MAX), "9999-12-31");
	assert_false(clock_parse_date(STR("2026-11-21T00:00:00Z"), &days));
	assert_false(clock_parse_date(STR("2026-04-31"), &days));
	assert_int_equal(days, 20778);
	assert_false(clock_days((struct clock_date){2026, 13, 1}, &days));
	assert_false(clock_days((struct clock_date){-1, 1, 1}, &days));
}

static void speaks_http_dates(void **state)
{
	static const char *const bad[] = {"", "Sun, 21 Nov 2026 12:00:00 GMT",
		"Sat, 21 Nov 2026 12:00:00", "Sat, 21 Nov 2026 12:00:00 UTC",
		"Sat, 21 nov 2026 12:00:00 GMT", "Sat, 1 Nov 2026 12:00:00 GMT",
		"Saturday, 21-Nov-26 12:00:00 GMT", "Sat Nov 21 12:00:00 2026",
		"Sat, 31 Nov 2026 12:00:00 GMT", "Sat, 21 Nov 2026 25:00:00 GMT",
		"Sat, 21 Nov 2026 12:00:00 GMT ", "Sat, 21 Nov 2026 12:00 GMT",
		"Sat, 21 Xyz 2026 12:00:00 GMT", "Sat, 21 Nov 2026 12:00:0"};
	char text[CLOCK_HTTP_SIZE];
	int64_t us;

	(void)state;
	assert_string_equal(clock_format_http(text, 1795262400123456),
		"Sat, 21 Nov 2026 12:00:00 GMT");
	assert_true(clock_parse_http(str_of(text), &us));
	assert_true(us == SECONDS(1795262400));
	assert_true(clock_parse_http(STR("Sun, 06 Nov 1994 08:49:37 GMT"), &us));
	assert_true(us == SECONDS(784111777));
	us = 42;
	for (size_t i = 0; i < N(bad); i++)
		assert_false(clock_parse_http(str_of(bad[i]), &us));
	assert_int_equal(us, 42);
	for (int month = 0; month < 12; month++) {
		int64_t there = month * 31 * US_PER_DAY;
		assert_true(clock_parse_http(str_of(clock_format_http(text, there)), &us) &&
			us == there);
	}
}

static void the_clocks_run_and_can_be_frozen(void **state)
{
	int64_t mono = mono_us(), now = now_us();

	(void)state;
	assert_true(mono_us() >= mono);
	assert_true(now > INT64_C(1577836800) * US_PER_SECOND);
	clock_freeze(1795262400123456);
	assert_true(now_us() == 1795262400123456);
	clock_freeze(0);
	assert_true(now_us() >= now);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_forms_feeds_use),
		cmocka_unit_test(refuses_what_is_no_time),
		cmocka_unit_test(writes_what_it_reads),
		cmocka_unit_test(agrees_with_the_c_library_on_every_day),
		cmocka_unit_test(dates_stand_alone),
		cmocka_unit_test(speaks_http_dates),
		cmocka_unit_test(the_clocks_run_and_can_be_frozen),
	};
	return cmocka_run_group_tests_name("base/clock", tests, NULL, NULL);
}

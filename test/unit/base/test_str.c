#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"

#define N(a) (sizeof(a) / sizeof(*(a)))
#define assert_str(s, lit) assert_true(str_eq(s, STR(lit)))

static struct arena *a;

static int setup(void **state)
{
	(void)state;
	a = arena_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static void absent_is_not_empty(void **state)
{
	(void)state;
	assert_true(str_eq(STR_NULL, str_of(NULL)));
	assert_false(str_eq(STR_NULL, STR("")));
	assert_false(str_eq_nocase(STR(""), STR_NULL));
	assert_null(str_copy(a, STR_NULL).p);
	assert_non_null(str_copy(a, STR("")).p);
	assert_string_equal(str_cstr(a, STR_NULL), "");
	assert_null(str_trim(STR_NULL).p);
}

static void compares_bytes_and_ascii_case(void **state)
{
	static const struct {
		const char *a, *b;
		int equal, equal_nocase, order;
	} cases[] = {
		{"", "", 1, 1, 0},
		{"abc", "abc", 1, 1, 0},
		{"abc", "ABC", 0, 1, 1},
		{"abc", "abd", 0, 0, -1},
		{"ab", "abc", 0, 0, -1},
		{"@", "`", 0, 0, -1},
		{"\xc3\xa4", "\xc3\x84", 0, 0, 1},
		{NULL, "", 0, 0, -1},
		{"", NULL, 0, 0, 1},
		{NULL, NULL, 1, 1, 0},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct str x = str_of(cases[i].a), y = str_of(cases[i].b);
		int order = str_cmp(x, y);
		assert_int_equal(str_eq(x, y), cases[i].equal);
		assert_int_equal(str_eq_nocase(x, y), cases[i].equal_nocase);
		assert_int_equal((order > 0) - (order < 0), cases[i].order);
	}
}

static void finds_heads_tails_and_needles(void **state)
{
	struct str s = STR("one/two/two");

	(void)state;
	assert_true(str_starts(s, STR("one")));
	assert_true(str_starts(s, STR("")));
	assert_false(str_starts(STR("on"), STR("one")));
	assert_true(str_ends(s, STR("/two")));
	assert_false(str_ends(s, STR("one")));
	assert_false(str_ends(STR(""), STR("x")));
	assert_int_equal(str_find(s, STR("two")), 4);
	assert_int_equal(str_find(s, STR("three")), -1);
	assert_int_equal(str_find(s, STR("")), 0);
	assert_int_equal(str_find(STR_NULL, STR("x")), -1);
	assert_int_equal(str_find_char(s, '/'), 3);
	assert_int_equal(str_find_char(STR(""), '/'), -1);
}

static void trims_spaces_at_both_ends(void **state)
{
	(void)state;
	assert_str(str_trim(STR(" \t\r\n a b \n")), "a b");
	assert_str(str_trim(STR("   ")), "");
	assert_str(str_trim(STR("x")), "x");
}

static void parts_are_clamped(void **state)
{
	(void)state;
	assert_str(str_sub(STR("hello"), 1, 3), "el");
	assert_str(str_sub(STR("hello"), 3, 99), "lo");
	assert_str(str_sub(STR("hello"), 9, 99), "");
	assert_null(str_sub(STR_NULL, 0, 3).p);
}

static void cutting_gives_one_part_more_than_separators(void **state)
{
	static const struct {
		const char *list;
		int parts;
		const char *joined;
	} cases[] = {
		{"a,b,c", 3, "[a][b][c]"},
		{"a", 1, "[a]"},
		{"", 1, "[]"},
		{",", 2, "[][]"},
		{"a,,b,", 4, "[a][][b][]"},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		char joined[64] = "";
		int parts = 0;
		for (struct str rest = str_of(cases[i].list); rest.p; parts++) {
			struct str part = str_cut(&rest, ',');
			strcat(strcat(strcat(joined, "["), str_cstr(a, part)), "]");
		}
		assert_int_equal(parts, cases[i].parts);
		assert_string_equal(joined, cases[i].joined);
	}
}

static void copies_outlive_their_source(void **state)
{
	char text[] = "Abc";
	struct str copy = str_copy(a, str_of(text)), low = str_lower(a, str_of(text));

	(void)state;
	memset(text, 'x', 3);
	assert_str(copy, "Abc");
	assert_str(low, "abc");
	assert_str(str_printf(a, "<" STR_FMT "|" STR_FMT ">", STR_ARG(copy), STR_ARG(STR_NULL)),
		"<Abc|>");
}

static void joins_texts_and_leaves_out_absent_ones(void **state)
{
	struct str joined = STR_JOIN(a, STR("/rest"), STR_NULL, STR("/"), STR(""), STR("x"));

	(void)state;
	assert_str(joined, "/rest/x");
	assert_int_equal(joined.p[joined.len], '\0');
	assert_str(str_join(a, NULL, 0), "");
}

static void writes_integers_as_digits(void **state)
{
	char room[STR_DECIMAL_SIZE];

	(void)state;
	assert_str(str_decimal(room, 0), "0");
	assert_str(str_decimal(room, -10), "-10");
	assert_str(str_decimal(room, INT64_MAX), "9223372036854775807");
	assert_str(str_decimal(room, INT64_MIN), "-9223372036854775808");
}

static void reads_integers_strictly(void **state)
{
	static const struct {
		const char *text;
		int64_t n;
	} good[] = {
		{"0", 0},
		{"-0", 0},
		{"+7", 7},
		{"007", 7},
		{"9223372036854775807", INT64_MAX},
		{"-9223372036854775808", INT64_MIN},
	};
	static const char *const bad[] = {"", "-", "+", " 1", "1 ", "1.0", "1e3", "0x10", "--1",
		"+-1", "9223372036854775808", "-9223372036854775809", "99999999999999999999",
		"\xd9\xa1"};
	int64_t n;

	(void)state;
	for (size_t i = 0; i < N(good); i++) {
		assert_true(str_to_i64(str_of(good[i].text), &n));
		assert_true(n == good[i].n);
	}
	n = 42;
	for (size_t i = 0; i < N(bad); i++)
		assert_false(str_to_i64(str_of(bad[i]), &n));
	assert_false(str_to_i64(STR_NULL, &n));
	assert_false(str_to_i64(str_from("1\0", 2), &n));
	assert_int_equal(n, 42);
}

static void reads_decimals_as_strtod_does(void **state)
{
	char text[32];
	double x;

	(void)state;
	srand(1);
	for (int i = 0; i < 100000; i++) {
		size_t n = 1 + (size_t)rand() % 20, at = (size_t)rand() % 24;
		for (size_t k = 0; k < n; k++)
			text[k] = k == at ? '.' : (char)('0' + rand() % 10);
		text[n] = 0;
		if (n == 1 && !at)
			continue;
		if (n > 2 && at && rand() % 2)
			text[0] = '-';
		assert_true(str_to_f64(str_of(text), &x));
		double wanted = strtod(text, NULL);
		assert_memory_equal(&x, &wanted, sizeof(x));
	}
}

static void reads_decimals_strictly(void **state)
{
	static const struct {
		const char *text;
		double x;
	} good[] = {
		{"0", 0},
		{"-1.5", -1.5},
		{"+.5", .5},
		{"5.", 5},
		{"1e3", 1000},
		{"1E-2", .01},
		{"0.1", .1},
		{"1e-400", 0},
		{"1.7976931348623157e308", 1.7976931348623157e308},
	};
	static const char *const bad[] = {"", ".", "-", "e3", "1e", "1e+", "inf", "nan", "0x1p3",
		"1,5", " 1", "1 ", "1..2", "1.2.3", "1e400", "-1e999999999999", "1_000"};
	double x;

	(void)state;
	for (size_t i = 0; i < N(good); i++) {
		assert_true(str_to_f64(str_of(good[i].text), &x));
		assert_true(x == good[i].x);
	}
	x = 42;
	for (size_t i = 0; i < N(bad); i++)
		assert_false(str_to_f64(str_of(bad[i]), &x));
	char digits[600];
	memset(digits, '1', sizeof(digits));
	assert_false(str_to_f64(str_from(digits, sizeof(digits)), &x));
	assert_true(x == 42);
}

static void reads_booleans(void **state)
{
	static const char *const yes[] = {"true", "TRUE", "yes", "On", "1"};
	static const char *const no[] = {"false", "False", "no", "off", "0"};
	static const char *const bad[] = {"", "t", "y", "2", "true ", "yesno"};
	bool b;

	(void)state;
	for (size_t i = 0; i < N(yes); i++)
		assert_true(str_to_bool(str_of(yes[i]), &b) && b);
	for (size_t i = 0; i < N(no); i++)
		assert_true(str_to_bool(str_of(no[i]), &b) && !b);
	for (size_t i = 0; i < N(bad); i++)
		assert_false(str_to_bool(str_of(bad[i]), &b));
	assert_false(str_to_bool(STR_NULL, &b));
}

static void accepts_well_formed_utf8_only(void **state)
{
	static const struct {
		const char *text;
		size_t prefix;
		int ok;
	} cases[] = {
		{"", 0, 1},
		{"plain ascii, longer than eight", 30, 1},
		{"\xc3\xa9t\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8f\xa0", 14, 1},
		{"\xf4\x8f\xbf\xbf", 4, 1},
		{"\xed\x9f\xbf\xee\x80\x80", 6, 1},
		{"12345678\xff", 8, 0},
		{"\xc0\x80", 0, 0},         /* overlong NUL */
		{"\xc1\xbf", 0, 0},         /* overlong */
		{"\xe0\x9f\xbf", 0, 0},     /* overlong */
		{"\xf0\x8f\xbf\xbf", 0, 0}, /* overlong */
		{"\xed\xa0\x80", 0, 0},     /* surrogate */
		{"\xf4\x90\x80\x80", 0, 0}, /* beyond U+10FFFF */
		{"\xf5\x80\x80\x80", 0, 0},
		{"ab\x80", 2, 0},
		{"ab\xe2\x82", 2, 0},
		{"\xe2\x28\xa1", 0, 0},
		{"\xf0\x9f\x8f", 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		assert_int_equal(str_is_utf8(str_of(cases[i].text)), cases[i].ok);
		assert_int_equal(str_utf8_prefix(str_of(cases[i].text)), cases[i].prefix);
	}
	assert_true(str_is_utf8(str_from("a\0b", 3)));
	assert_true(str_is_utf8(STR_NULL));
}

static void nul_is_removed_only_where_it_is(void **state)
{
	struct str clean = STR("clean");

	(void)state;
	assert_ptr_equal(str_without_nul(a, clean).p, clean.p);
	assert_str(str_without_nul(a, str_from("\0a\0b\0", 5)), "ab");
	assert_str(str_without_nul(a, str_from("\0", 1)), "");
	assert_null(str_without_nul(a, STR_NULL).p);
}

#define IN_ARENA(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ARENA(absent_is_not_empty),
		IN_ARENA(compares_bytes_and_ascii_case),
		IN_ARENA(finds_heads_tails_and_needles),
		IN_ARENA(trims_spaces_at_both_ends),
		IN_ARENA(parts_are_clamped),
		IN_ARENA(cutting_gives_one_part_more_than_separators),
		IN_ARENA(copies_outlive_their_source),
		IN_ARENA(joins_texts_and_leaves_out_absent_ones),
		IN_ARENA(writes_integers_as_digits),
		IN_ARENA(reads_integers_strictly),
		IN_ARENA(reads_decimals_as_strtod_does),
		IN_ARENA(reads_decimals_strictly),
		IN_ARENA(reads_booleans),
		IN_ARENA(accepts_well_formed_utf8_only),
		IN_ARENA(nul_is_removed_only_where_it_is),
	};
	return cmocka_run_group_tests_name("base/str", tests, NULL, NULL);
}

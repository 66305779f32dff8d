#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"

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

static const struct json *parse(const char *text)
{
	struct err e = {.arena = a};
	const struct json *v = json_parse(a, str_of(text), &e);

	if (!v)
		print_message("%s: %s\n", text, e.msg);
	assert_non_null(v);
	return v;
}

static void knows_every_type(void **state)
{
	static const struct {
		const char *text;
		enum json_type type;
		size_t len;
	} cases[] = {
		{"null", JSON_NULL, 0},
		{"true", JSON_BOOL, 0},
		{"-1.50e3", JSON_NUMBER, 0},
		{"\"x\"", JSON_STRING, 0},
		{" [ 1, [2, 3], 4 ] ", JSON_ARRAY, 3},
		{"{\"a\":{\"b\":1},\"c\":2}", JSON_OBJECT, 2},
		{"[]", JSON_ARRAY, 0},
		{"{}", JSON_OBJECT, 0},
		{"\xef\xbb\xbf{}", JSON_OBJECT, 0},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const struct json *v = parse(cases[i].text);
		assert_int_equal(json_type(v), cases[i].type);
		assert_int_equal(json_len(v), cases[i].len);
	}
	assert_string_equal(json_type_name(JSON_OBJECT), "object");
	assert_string_equal(json_type_name(JSON_ABSENT), "nothing");
}

static void says_where_the_text_is_wrong(void **state)
{
	static const struct {
		const char *text, *where;
	} cases[] = {
		{"", "the text is empty"},
		{"\xef\xbb\xbf", "the text is empty"},
		{"{\"a\":1,\n \"b\":x}", "at byte 13 (line 2, column 6)"},
		{"[1,2", "at byte 4 (line 1, column 5)"},
		{"[1,]", "at byte 2"},
		{"\xef\xbb\xbf[1,]", "at byte 5"},
		{"[1] 2", "at byte 4"},
		{"{\"a\"}", "at byte 4"},
		{"{a:1}", "at byte 1"},
		{"[01]", "at byte 1"},
		{"[+1]", "at byte 1"},
		{"[1.]", "at byte"},
		{"[NaN]", "at byte 1"},
		{"// c\n1", "at byte 0"},
		{"\"a\nb\"", "at byte"},
		{"\"\\x\"", "at byte"},
		{"\"\\ud800\"", "at byte"},
		{"\"\\udc00\"", "at byte"},
		{"\"\xff\"", "at byte"},
		{"\"\xed\xa0\x80\"", "at byte"},
		{"'a'", "at byte 0"},
		{"tru", "unexpected end of data at byte 3"},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct err e = {.arena = a};
		assert_null(json_parse(a, str_of(cases[i].text), &e));
		assert_int_equal(e.code, E_INPUT);
		if (!strstr(e.msg, cases[i].where))
			print_message("%s: %s, not %s\n", cases[i].text, e.msg, cases[i].where);
		assert_non_null(strstr(e.msg, cases[i].where));
	}
	assert_null(json_parse(a, STR_NULL, NULL));
	assert_null(json_parse(a, str_from("1\0", 2), NULL));
}

static const struct json *parse_nested(size_t depth, const char *open, const char *end,
	struct err *e)
{
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < depth; i++)
		buf_cstr(&b, open);
	buf_cstr(&b, "1");
	for (size_t i = 0; i < depth; i++)
		buf_cstr(&b, end);
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return json_parse(a, text, e);
}

static void refuses_deep_nesting(void **state)
{
	struct err e = {.arena = a};

	(void)state;
	assert_non_null(parse_nested(JSON_MAX_DEPTH, "[", "]", &e));
	assert_non_null(parse_nested(JSON_MAX_DEPTH, "{\"a\":", "}", &e));
	assert_int_equal(e.code, 0);
	assert_null(parse_nested(JSON_MAX_DEPTH + 1, "[", "]", &e));
	assert_int_equal(e.code, E_LIMIT);
	err_clear(&e);
	assert_null(parse_nested(JSON_MAX_DEPTH + 1, "{\"a\":", "}", &e));
	assert_int_equal(e.code, E_LIMIT);
	err_clear(&e);
	assert_null(parse_nested(200000, "[1,", "]", &e));
	assert_int_equal(e.code, E_LIMIT);
}

static void wide_is_not_deep(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	buf_char(&b, '[');
	for (int i = 0; i < 1000; i++)
		buf_cstr(&b, i ? ",[{\"a\":[]}]" : "[{\"a\":[]}]");
	buf_char(&b, ']');
	const struct json *v = json_parse(a, buf_view(&b), NULL);
	assert_int_equal(json_len(v), 1000);
	assert_int_equal(json_type(json_get(json_at(json_at(v, 999), 0), "a")), JSON_ARRAY);
	buf_done(&b);
}

static void chains_of_questions_survive_absence(void **state)
{
	const struct json *v = parse("{\"a\":[{\"b\":\"deep\"}]}");
	struct str s;
	int64_t n;
	double x;
	bool b;

	(void)state;
	assert_true(json_to_str(json_get(json_at(json_get(v, "a"), 0), "b"), &s));
	assert_str(s, "deep");
	const struct json *none = json_get(json_at(json_get(v, "x"), 3), "b");
	assert_null(none);
	assert_null(json_at(json_get(v, "a"), 1));
	assert_null(json_get(json_get(v, "a"), "b"));
	assert_int_equal(json_type(none), JSON_ABSENT);
	assert_int_equal(json_len(none), 0);
	assert_false(json_to_str(none, &s) || json_to_i64(none, &n) || json_to_f64(none, &x) ||
		json_to_bool(none, &b));
	assert_null(json_scalar(none).p);
	struct json_iter it = json_each(none);
	assert_false(json_next(&it));
}

static void the_last_of_duplicate_keys_counts(void **state)
{
	const struct json *v = parse("{\"a\":1,\"b\":2,\"a\":3}");
	int64_t n;
	int turns = 0;

	(void)state;
	assert_true(json_to_i64(json_get(v, "a"), &n) && n == 3);
	for (struct json_iter it = json_each(v); json_next(&it);)
		turns++;
	assert_int_equal(turns, 3);
}

static void keys_are_compared_whole(void **state)
{
	const struct json *v = parse("{\"ab\":1,\"\":2,\"a\\u0000b\":3,\"\\u0061\":4}");
	int64_t n;

	(void)state;
	assert_true(json_to_i64(json_get(v, "a"), &n) && n == 4);
	assert_true(json_to_i64(json_get(v, ""), &n) && n == 2);
	assert_true(json_to_i64(json_get_str(v, str_from("a\0b", 3)), &n) && n == 3);
	assert_null(json_get(v, "abc"));
}

static void iterates_in_the_order_of_the_text(void **state)
{
	static const char *const keys[] = {"z", "a", "m"};
	const struct json *v = parse("{\"z\":[1,[2]],\"a\":{\"q\":0},\"m\":3}");
	size_t i = 0;

	(void)state;
	for (struct json_iter it = json_each(v); json_next(&it); i++)
		assert_true(str_eq(it.key, str_of(keys[i])));
	assert_int_equal(i, 3);

	int64_t sum = 0, n;
	v = parse("[1,[100],2,{\"x\":100},3]");
	for (struct json_iter it = json_each(v); json_next(&it);) {
		assert_null(it.key.p);
		if (json_to_i64(it.value, &n))
			sum += n;
	}
	assert_int_equal(sum, 6);
	struct json_iter it = json_each(parse("\"text\""));
	assert_false(json_next(&it));
	it = json_each(parse("[]"));
	assert_false(json_next(&it));
}

static void integers_are_exact_or_refused(void **state)
{
	static const struct {
		const char *text;
		int64_t n;
	} good[] = {
		{"0", 0},
		{"-0", 0},
		{"-0.0", 0},
		{"0e5", 0},
		{"12.0", 12},
		{"-1.50e1", -15},
		{"1e3", 1000},
		{"1E+2", 100},
		{"1200e-2", 12},
		{"1.000000000000000000000000", 1},
		{"9223372036854775807", INT64_MAX},
		{"-9223372036854775808", INT64_MIN},
		{"9223372036854775807.00", INT64_MAX},
		{"0.000001e6", 1},
	};
	static const char *const bad[] = {"1.5", "1e-1", "9223372036854775808", "1e19",
		"1e999999999", "1e-999999999", "1e99999999999999999999", "0.1",
		"12345678901234567890", "1.0000000000000000000000001", "\"1\"", "null", "true",
		"[]"};
	int64_t n;

	(void)state;
	for (size_t i = 0; i < N(good); i++) {
		assert_true(json_to_i64(parse(good[i].text), &n));
		assert_true(n == good[i].n);
	}
	n = 42;
	for (size_t i = 0; i < N(bad); i++)
		assert_false(json_to_i64(parse(bad[i]), &n));
	assert_int_equal(n, 42);
}

static void other_types_are_not_converted(void **state)
{
	struct str s = STR("kept");
	double x = 42;
	bool b;

	(void)state;
	assert_true(json_to_f64(parse("1.25e2"), &x) && x == 125);
	assert_true(json_to_f64(parse("12345678901234567890"), &x) && x > 1.2e19);
	assert_false(json_to_f64(parse("1e999"), &x));
	assert_false(json_to_f64(parse("\"1\""), &x));
	assert_true(json_to_bool(parse("true"), &b) && b);
	assert_true(json_to_bool(parse("false"), &b) && !b);
	assert_false(json_to_bool(parse("1"), &b));
	assert_false(json_to_str(parse("1"), &s));
	assert_false(json_to_str(parse("null"), &s));
	assert_str(s, "kept");
	assert_true(json_to_str(parse("\"\""), &s) && s.p && s.len == 0);
}

static void scalars_come_as_written(void **state)
{
	(void)state;
	assert_str(json_scalar(parse("1.10")), "1.10");
	assert_str(json_scalar(parse("-12345678901234567890.5E-7")), "-12345678901234567890.5E-7");
	assert_str(json_scalar(parse("\"a\\n\\u00e9\\ud83c\\udfe0\"")),
		"a\n\xc3\xa9\xf0\x9f\x8f\xa0");
	assert_str(json_scalar(parse("true")), "true");
	assert_str(json_scalar(parse("false")), "false");
	assert_null(json_scalar(parse("null")).p);
	assert_null(json_scalar(parse("[1]")).p);
	assert_int_equal(json_scalar(parse("\"a\\u0000b\"")).len, 3);
	assert_str(json_scalar_pg(a, parse("\"a\\u0000b\"")), "ab");
}

static void parses_in_place(void **state)
{
	struct err e = {.arena = a};
	struct buf b;
	struct str s;
	int64_t n;

	(void)state;
	buf_init(&b, 0);
	buf_cstr(&b, "\xef\xbb\xbf{\"k\\u0065y\":\"v\\tw\",\"n\":[12,13,1e2]}");
	const struct json *v = json_parse_insitu(a, &b, &e);
	assert_non_null(v);
	assert_true(json_to_str(json_get(v, "key"), &s));
	assert_str(s, "v\tw");
	assert_true(s.p > b.p && s.p < b.p + b.len);
	assert_true(json_to_i64(json_at(json_get(v, "n"), 2), &n) && n == 100);
	assert_str(json_scalar(json_at(json_get(v, "n"), 0)), "12");

	buf_clear(&b);
	assert_null(json_parse_insitu(a, &b, &e));
	assert_non_null(strstr(e.msg, "empty"));
	err_clear(&e);
	buf_cstr(&b, "[\"\\n\", oops]");
	assert_null(json_parse_insitu(a, &b, &e));
	assert_non_null(strstr(e.msg, "at byte 7"));
	err_clear(&e);
	buf_clear(&b);
	for (int i = 0; i < 100; i++)
		buf_char(&b, '[');
	for (int i = 0; i < 100; i++)
		buf_char(&b, ']');
	assert_null(json_parse_insitu(a, &b, &e));
	assert_int_equal(e.code, E_LIMIT);
	buf_done(&b);
}

static void a_number_alone_may_end_the_buffer(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4);
	buf_cstr(&b, "1234");
	assert_str(json_scalar(json_parse_insitu(a, &b, NULL)), "1234");
	buf_done(&b);
}

#define IN_ARENA(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ARENA(knows_every_type),
		IN_ARENA(says_where_the_text_is_wrong),
		IN_ARENA(refuses_deep_nesting),
		IN_ARENA(wide_is_not_deep),
		IN_ARENA(chains_of_questions_survive_absence),
		IN_ARENA(the_last_of_duplicate_keys_counts),
		IN_ARENA(keys_are_compared_whole),
		IN_ARENA(iterates_in_the_order_of_the_text),
		IN_ARENA(integers_are_exact_or_refused),
		IN_ARENA(other_types_are_not_converted),
		IN_ARENA(scalars_come_as_written),
		IN_ARENA(parses_in_place),
		IN_ARENA(a_number_alone_may_end_the_buffer),
	};
	return cmocka_run_group_tests_name("base/json", tests, NULL, NULL);
}

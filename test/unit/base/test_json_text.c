#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

static struct arena *a;
static struct buf b;

static int setup(void **state)
{
	(void)state;
	a = arena_new();
	buf_init(&b, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buf_done(&b);
	arena_free(a);
	return 0;
}

/* What text becomes through json_parse and one of the writers. */
static const char *rewrite(const char *text, void (*write)(struct buf *, const struct json *))
{
	const struct json *v = json_parse(a, str_of(text), NULL);

	assert_non_null(v);
	buf_clear(&b);
	write(&b, v);
	return b.p;
}

static void is_minified_and_otherwise_as_written(void **state)
{
	static const struct {
		const char *text, *written;
	} cases[] = {
		{" { \"a\" : [ 1 , 2.50 , { } , [ ] ] , \"b\" : null } ",
			"{\"a\":[1,2.50,{},[]],\"b\":null}"},
		{"[true,false,null,\"\"]", "[true,false,null,\"\"]"},
		{"{\"z\":1,\"a\":2,\"z\":3}", "{\"z\":1,\"a\":2,\"z\":3}"},
		{"[12345678901234567890123,1.10,-0,1E5,1e-7,0.0]",
			"[12345678901234567890123,1.10,-0,1E5,1e-7,0.0]"},
		{"\"\\u0041\\/\\u00e9\"", "\"A/\xc3\xa9\""},
		{"[[[[[[]]]]]]", "[[[[[[]]]]]]"},
		{"7", "7"},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_string_equal(rewrite(cases[i].text, json_text), cases[i].written);
	json_text(&b, NULL);
	assert_true(str_ends(buf_view(&b), STR("null")));
}

static void escapes_what_json_wants_escaped(void **state)
{
	static const char *const texts[] = {
		"\"quote \\\" and backslash \\\\\"",
		"\"\\b\\f\\n\\r\\t\"",
		"\"\\u0000\\u0001\\u001f\"",
		"{\"key\\n\":\"\\\"\"}",
		"\"01234567\\n\"",
		"\"0123456\\n\"",
		"\"\\n01234567\\n0123456789abcdef\\n\"",
	};

	(void)state;
	for (size_t i = 0; i < N(texts); i++)
		assert_string_equal(rewrite(texts[i], json_text), texts[i]);
	assert_string_equal(rewrite("\"\\u007f\"", json_text), "\"\x7f\"");
}

static void every_byte_at_every_place_survives(void **state)
{
	(void)state;
	for (unsigned c = 1; c < 0x80; c++) {
		for (size_t at = 0; at < 20; at++) {
			char text[21];
			struct str back;
			memset(text, 'x', 20);
			text[at] = (char)c;
			buf_clear(&b);
			json_quote(&b, str_from(text, 20));
			assert_true(json_to_str(json_parse(a, buf_view(&b), NULL), &back));
			assert_true(str_eq(back, str_from(text, 20)));
		}
	}
}

static void postgres_gets_no_nul(void **state)
{
	(void)state;
	assert_string_equal(rewrite("{\"a\\u0000b\":\"\\u0000x\\u0000\\u0001\"}", json_text_pg),
		"{\"ab\":\"x\\u0001\"}");
	assert_string_equal(rewrite("\"\\u0000\"", json_text_pg), "\"\"");
}

static void postgres_gets_numbers_it_can_hold(void **state)
{
	static const struct {
		const char *text, *written;
	} cases[] = {
		{"1e400", "1e400"},
		{"1E-400", "1E-400"},
		{"1e401", "\"1e401\""},
		{"-1e-401", "\"-1e-401\""},
		{"1e99999999999999999999", "\"1e99999999999999999999\""},
		{"[1e+500,2]", "[\"1e+500\",2]"},
		{"12345678901234567890.123", "12345678901234567890.123"},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_string_equal(rewrite(cases[i].text, json_text_pg), cases[i].written);
	char digits[400];
	memset(digits, '9', 399);
	digits[399] = '\0';
	assert_string_equal(rewrite(digits, json_text), digits);
	assert_int_equal(rewrite(digits, json_text_pg)[0], '"');
}

static void a_part_of_a_tree_can_be_written(void **state)
{
	const struct json *v =
		json_parse(a, STR("{\"value\":[{\"k\":\"1\"},{\"k\":\"2\"}]}"), NULL);

	(void)state;
	struct str second = json_text_dup(a, json_at(json_get(v, "value"), 1));
	assert_true(str_eq(second, STR("{\"k\":\"2\"}")));
	assert_true(str_eq(json_text_dup(a, NULL), STR("null")));
}

static void a_full_buffer_stays_within_its_cap(void **state)
{
	const struct json *v = json_parse(a, STR("{\"key\":\"a long enough value\\n\"}"), NULL);

	(void)state;
	for (size_t max = 1; max < 32; max++) {
		struct buf small;
		buf_init(&small, max);
		json_text(&small, v);
		assert_true(small.len <= max);
		assert_int_equal(small.failed, max < 31);
		buf_done(&small);
	}
}

#define IN_ARENA(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ARENA(is_minified_and_otherwise_as_written),
		IN_ARENA(escapes_what_json_wants_escaped),
		IN_ARENA(every_byte_at_every_place_survives),
		IN_ARENA(postgres_gets_no_nul),
		IN_ARENA(postgres_gets_numbers_it_can_hold),
		IN_ARENA(a_part_of_a_tree_can_be_written),
		IN_ARENA(a_full_buffer_stays_within_its_cap),
	};
	return cmocka_run_group_tests_name("base/json_text", tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "model/array.h"

static void assert_split(struct arena *a, const char *text, size_t n, const struct str *want)
{
	struct str *got;
	size_t got_n;

	assert_int_equal(model_array_split(a, str_of(text), &got, &got_n, NULL), 0);
	assert_int_equal(got_n, n);
	for (size_t i = 0; i < n; i++)
		assert_true(str_eq(got[i], want[i]));
}

static void splits_what_postgresql_writes(void **state)
{
	struct arena *a = arena_new();
	struct str odd[] = {STR("a b"), STR("\"q\""), STR("\\"), STR("{x,y}"), STR(""), STR_NULL,
		STR("NULL")};

	(void)state;
	assert_split(a, NULL, 0, NULL);
	assert_split(a, "{}", 0, NULL);
	assert_split(a, "{a}", 1, (struct str[]){STR("a")});
	assert_split(a, "{\"a b\",\"\\\"q\\\"\",\"\\\\\",\"{x,y}\",\"\",NULL,\"NULL\"}", 7, odd);
	arena_free(a);
}

static void join_is_the_inverse_of_split(void **state)
{
	struct arena *a = arena_new();
	struct str odd[] = {STR("a b"), STR("\""), STR("\\\\\""), STR_NULL, STR(""), STR("null"),
		STR("\n,{}")};

	(void)state;
	for (size_t n = 0; n <= 7; n++)
		assert_split(a, model_array_join(a, n, odd).p, n, odd);
	arena_free(a);
}

static void refuses_what_is_no_list(void **state)
{
	static const char *const texts[] = {"", "a", "{", "}", "{a", "a}", "{a}}", "{a,}", "{,a}",
		"{\"a}", "{\"a\"b}", "{\"a\\\"}", "{a\"b}", "{{a},{b}}", "{a},{b}", "[0:1]={a,b}",
		"{\"", "{\"\\", "{a} "};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct err e = {.arena = a};
		struct str *got = NULL;
		size_t n = 77;
		if (model_array_split(a, str_of(texts[i]), &got, &n, &e) != E_INPUT)
			fail_msg("taken: %s", texts[i]);
		assert_int_equal(n, 77);
		assert_non_null(e.msg);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits_what_postgresql_writes),
		cmocka_unit_test(join_is_the_inverse_of_split),
		cmocka_unit_test(refuses_what_is_no_list),
	};
	return cmocka_run_group_tests_name("model/array", tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"

static void first_failure_stays(void **state)
{
	struct arena *a = arena_new();
	struct err e = {.arena = a};

	(void)state;
	assert_int_equal(err_set(&e, E_ABSENT, "contact %d", 7), E_ABSENT);
	assert_int_equal(err_set(&e, E_BUG, "consequence"), E_ABSENT);
	assert_string_equal(e.msg, "contact 7");
	assert_int_equal(err_http_status(e.code), 404);
	err_clear(&e);
	assert_int_equal(e.code, 0);
	assert_null(e.msg);
	assert_int_equal(err_set(&e, E_BUSY, "new"), E_BUSY);
	arena_free(a);
}

static void words_can_be_put_in_front(void **state)
{
	struct arena *a = arena_new();
	struct err e = {.arena = a};

	(void)state;
	assert_int_equal(err_prefix(&e, "page %d", 1), 0);
	assert_null(e.msg);
	err_set(&e, E_INPUT, "not JSON");
	assert_int_equal(err_prefix(&e, "page %d", 3), E_INPUT);
	assert_string_equal(e.msg, "page 3: not JSON");
	arena_free(a);
}

static void works_without_an_arena_and_without_a_struct(void **state)
{
	struct err e = {0};

	(void)state;
	assert_int_equal(err_set(NULL, E_RIGHT, "no"), E_RIGHT);
	assert_int_equal(err_prefix(NULL, "x"), 0);
	err_clear(NULL);
	assert_int_equal(err_set(&e, E_TIMEOUT, "gone"), E_TIMEOUT);
	assert_string_equal(e.msg, "timeout");
	assert_int_equal(err_prefix(&e, "x"), E_TIMEOUT);
	assert_string_equal(e.msg, "timeout");
}

static void every_code_has_a_status_and_a_name(void **state)
{
	static const struct {
		int code, status;
		const char *name;
	} cases[] = {
		{0, 200, "ok"},
		{E_INPUT, 400, "input"},
		{E_LOGIN, 401, "login"},
		{E_RIGHT, 403, "right"},
		{E_ABSENT, 404, "absent"},
		{E_CONFLICT, 409, "conflict"},
		{E_LIMIT, 413, "limit"},
		{E_RATE, 429, "rate"},
		{E_CANCEL, 499, "cancel"},
		{E_FULL, 507, "full"},
		{E_BUG, 500, "bug"},
		{E_UPSTREAM, 502, "upstream"},
		{E_BUSY, 503, "busy"},
		{E_TIMEOUT, 504, "timeout"},
		{1, 500, "unknown"},
		{-99, 500, "unknown"},
		{INT32_MIN, 500, "unknown"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(err_http_status(cases[i].code), cases[i].status);
		assert_string_equal(err_name(cases[i].code), cases[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_failure_stays),
		cmocka_unit_test(words_can_be_put_in_front),
		cmocka_unit_test(works_without_an_arena_and_without_a_struct),
		cmocka_unit_test(every_code_has_a_status_and_a_name),
	};
	return cmocka_run_group_tests_name("base/err", tests, NULL, NULL);
}

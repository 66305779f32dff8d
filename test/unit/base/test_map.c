#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/map.h"

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

static void an_empty_map_has_nothing(void **state)
{
	struct map *m = map_new(a, 0);

	(void)state;
	assert_int_equal(map_len(m), 0);
	assert_null(map_get(m, STR("x")));
	assert_false(map_has(m, STR("")));
	assert_false(map_has(m, STR_NULL));
}

static void a_second_put_replaces_and_returns_the_first(void **state)
{
	struct map *m = map_new(a, 0);
	int one, two;

	(void)state;
	assert_null(map_put(m, STR("k"), &one));
	assert_ptr_equal(map_put(m, STR("k"), &two), &one);
	assert_ptr_equal(map_get(m, STR("k")), &two);
	assert_int_equal(map_len(m), 1);
}

static void absent_and_empty_keys_differ(void **state)
{
	struct map *m = map_new(a, 0);
	int one, two;

	(void)state;
	map_put(m, STR(""), &one);
	map_put(m, STR_NULL, &two);
	assert_int_equal(map_len(m), 2);
	assert_ptr_equal(map_get(m, STR("")), &one);
	assert_ptr_equal(map_get(m, STR_NULL), &two);
}

static void null_values_are_there(void **state)
{
	struct map *m = map_new(a, 0);

	(void)state;
	map_put(m, STR("k"), NULL);
	assert_null(map_get(m, STR("k")));
	assert_true(map_has(m, STR("k")));
}

static void fill(struct map *m, uintptr_t n)
{
	for (uintptr_t i = 0; i < n; i++)
		assert_null(map_put(m, str_printf(a, "key %zu", (size_t)i), (void *)(i + 1)));
	assert_int_equal(map_len(m), n);
	for (uintptr_t i = 0; i < n; i++) {
		struct str key = str_printf(a, "key %zu", (size_t)i);
		assert_int_equal((uintptr_t)map_get(m, key), i + 1);
		assert_true(str_eq(map_key_at(m, i), key));
		assert_int_equal((uintptr_t)map_value_at(m, i), i + 1);
	}
	assert_null(map_get(m, STR("key")));
}

static void grows_and_keeps_the_order(void **state)
{
	static const size_t expected[] = {0, 1, 6, 7, 2500, 5000};

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++)
		fill(map_new(a, expected[i]), 5000);
}

#define IN_ARENA(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ARENA(an_empty_map_has_nothing),
		IN_ARENA(a_second_put_replaces_and_returns_the_first),
		IN_ARENA(absent_and_empty_keys_differ),
		IN_ARENA(null_values_are_there),
		IN_ARENA(grows_and_keeps_the_order),
	};
	return cmocka_run_group_tests_name("base/map", tests, NULL, NULL);
}

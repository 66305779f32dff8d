#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "loop/fiber.h"
#include "loop/loop.h"
#include "mod/auth/password.h"

static struct arena *a;
static struct loop *loop;

static int setup(void **state)
{
	(void)state;
	a = arena_new();
	loop = loop_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	loop_free(loop);
	arena_free(a);
	return 0;
}

static void hash_and_compare(void *arg)
{
	struct str hash = password_hash(a, STR("correct horse"));

	(void)arg;
	assert_true(str_starts(hash, STR("$2b$10$")));
	assert_int_equal(hash.len, 60);
	assert_true(password_fits(a, STR("correct horse"), hash));
	assert_false(password_fits(a, STR("correct horsf"), hash));
	assert_false(password_fits(a, STR(""), hash));
	assert_false(str_eq(hash, password_hash(a, STR("correct horse"))));
}

static void a_hash_fits_its_password_only(void **state)
{
	(void)state;
	loop_run_fiber(loop, hash_and_compare, NULL);
}

/* A known answer: the vector that the authors of crypt_blowfish publish, with the prefix $2b$. */
static void compare_known(void *arg)
{
	(void)arg;
	assert_true(password_fits(a, STR("U*U"),
		STR("$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")));
	assert_false(password_fits(a, STR("U*U"), STR("not a hash")));
	assert_false(password_fits(a, STR("U*U"), STR("")));
}

static void a_hash_made_elsewhere_is_understood(void **state)
{
	(void)state;
	loop_run_fiber(loop, compare_known, NULL);
}

static void random_passwords_are_typable_and_differ(void **state)
{
	struct str one = password_random(a), two = password_random(a);

	(void)state;
	assert_int_equal(one.len, 16);
	assert_false(str_eq(one, two));
	for (size_t i = 0; i < one.len; i++)
		assert_true((one.p[i] >= 'a' && one.p[i] <= 'z') ||
			(one.p[i] >= '0' && one.p[i] <= '9'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_hash_fits_its_password_only, setup, teardown),
		cmocka_unit_test_setup_teardown(a_hash_made_elsewhere_is_understood, setup,
			teardown),
		cmocka_unit_test_setup_teardown(random_passwords_are_typable_and_differ, setup,
			teardown),
	};
	return cmocka_run_group_tests_name("auth/password", tests, NULL, NULL);
}

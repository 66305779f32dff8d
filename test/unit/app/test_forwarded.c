/* Addresses as proxies write them, and whose limit they come under. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "app/forwarded.h"
#include "base/arena.h"

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

static void is_address(struct arena *a, struct str said, struct str want)
{
	struct str got = forwarded_address(a, said);

	if (!str_eq(got, want))
		fail_msg("%.*s: %.*s", (int)said.len, said.p, (int)got.len, got.p ? got.p : "");
}

static void a_port_and_brackets_are_no_part_of_an_address(void **state)
{
	is_address(*state, STR("192.0.2.1"), STR("192.0.2.1"));
	is_address(*state, STR("192.0.2.1:4711"), STR("192.0.2.1"));
	is_address(*state, STR("2001:db8::1"), STR("2001:db8::1"));
	is_address(*state, STR("[2001:db8::1]"), STR("2001:db8::1"));
	is_address(*state, STR("[2001:db8::1]:4711"), STR("2001:db8::1"));
	is_address(*state, STR("::ffff:192.0.2.1"), STR("::ffff:192.0.2.1"));
}

static void what_is_none_is_absent(void **state)
{
	static const char *const none[] = {"", "unknown", "_hidden", "_hidden:80", ":80", "[", "[]",
		"[]:80", "[192.0.2.1", "192.0.2", "192.0.2.1.5", "example.org", "1:2:3",
		"2001:db8::1%eth0"};

	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		assert_null(forwarded_address(*state, str_of(none[i])).p);
}

static void nobody_is_without_a_limit(void **state)
{
	struct str nobody = forwarded_network_of(*state, STR_NULL);

	assert_true(nobody.len > 0);
	assert_true(str_eq(forwarded_network_of(*state, STR_NULL), nobody));
	assert_true(str_eq(forwarded_network_of(*state, STR("192.0.2.1")), STR("192.0.2.1")));
	assert_true(str_eq(forwarded_network_of(*state, STR("2001:db8::1")), STR("2001:db8::")));
	assert_true(str_eq(forwarded_network_of(*state, STR("2001:db8::2")), STR("2001:db8::")));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_port_and_brackets_are_no_part_of_an_address),
		CASE(what_is_none_is_absent),
		CASE(nobody_is_without_a_limit),
	};
	return cmocka_run_group_tests_name("app/forwarded", tests, NULL, NULL);
}

/* Wrong keys: how many a network has, and that what was none is so for a moment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "mod/search/tries.h"

#define MINUTE_US (60 * US_PER_SECOND)

static int setup(void **state)
{
	*state = search_tries_new();
	return 0;
}

static int teardown(void **state)
{
	search_tries_free(*state);
	return 0;
}

static int takes(struct search_tries *t, struct str network, int64_t now_us)
{
	int n = 0;

	while (n < 1000 && search_tries_take(t, network, now_us))
		n++;
	return n;
}

static void sixty_at_once_and_sixty_a_minute(void **state)
{
	struct search_tries *t = *state;

	assert_int_equal(takes(t, STR("192.0.2.1"), 0), TRIES_MOST);
	assert_int_equal(takes(t, STR("192.0.2.1"), US_PER_SECOND + 1), TRIES_MOST / 60);
	assert_int_equal(takes(t, STR("192.0.2.1"), 10 * MINUTE_US), TRIES_MOST);
}

static void each_network_has_its_own(void **state)
{
	struct search_tries *t = *state;

	assert_int_equal(takes(t, STR("192.0.2.1"), 0), TRIES_MOST);
	assert_int_equal(takes(t, STR("192.0.2.2"), 0), TRIES_MOST);
	assert_int_equal(takes(t, STR_NULL, 0), 1000);
}

static void good_keys_cost_nothing(void **state)
{
	struct search_tries *t = *state;

	for (int i = 0; i < 10 * TRIES_MOST; i++) {
		assert_true(search_tries_take(t, STR("192.0.2.1"), 0));
		search_tries_give_back(t, STR("192.0.2.1"));
	}
	assert_int_equal(takes(t, STR("192.0.2.1"), 0), TRIES_MOST);
}

static void what_was_none_is_so_for_a_moment(void **state)
{
	struct search_tries *t = *state;

	assert_false(search_tries_was_none(t, STR("hash"), 0));
	search_tries_failed(t, STR("hash"), 0);
	assert_true(search_tries_was_none(t, STR("hash"), US_PER_SECOND));
	assert_false(search_tries_was_none(t, STR("other"), US_PER_SECOND));
	assert_false(search_tries_was_none(t, STR("hash"), 5 * US_PER_SECOND));
	search_tries_failed(t, STR("hash"), 5 * US_PER_SECOND);
	assert_true(search_tries_was_none(t, STR("hash"), 6 * US_PER_SECOND));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(sixty_at_once_and_sixty_a_minute),
		CASE(each_network_has_its_own),
		CASE(good_keys_cost_nothing),
		CASE(what_was_none_is_so_for_a_moment),
	};
	return cmocka_run_group_tests_name("mod/search_tries", tests, NULL, NULL);
}

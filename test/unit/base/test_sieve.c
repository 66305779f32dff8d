#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/sieve.h"

static struct arena *a;
static struct sieve *s;

static int setup(void **state)
{
	(void)state;
	a = arena_new();
	s = sieve_new(3, 1 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	sieve_free(s);
	arena_free(a);
	return 0;
}

static void put(const char *key, const char *value)
{
	size_t len = strlen(value) + 1;
	char *room = sieve_put(s, str_of(key), len);

	assert_non_null(room);
	assert_int_equal((uintptr_t)room % _Alignof(max_align_t), 0);
	memcpy(room, value, len);
}

static const char *get(const char *key)
{
	const char *value = sieve_get(s, str_of(key));

	return value ? value : "-";
}

static void gives_back_what_was_put(void **state)
{
	(void)state;
	assert_string_equal(get("a"), "-");
	put("a", "1");
	put("", "empty");
	assert_string_equal(get("a"), "1");
	assert_string_equal(get(""), "empty");
	assert_string_equal(get("b"), "-");
	struct sieve_stats st = sieve_stats(s);
	assert_int_equal(st.requests, 4);
	assert_int_equal(st.hits, 2);
	assert_int_equal(st.evictions, 0);
	assert_int_equal(st.entries, 2);
}

/* What was asked for stays, whatever its age; the hand goes on where it stopped. */
static void takes_out_what_nobody_asked_for(void **state)
{
	(void)state;
	put("a", "1"), put("b", "2"), put("c", "3");
	get("a");
	put("d", "4");
	assert_string_equal(get("b"), "-");
	assert_string_equal(get("a"), "1");
	put("e", "5"); /* the hand is at c */
	assert_string_equal(get("c"), "-");
	assert_string_equal(get("a"), "1");
	assert_string_equal(get("d"), "4");
	assert_string_equal(get("e"), "5");
	assert_int_equal(sieve_stats(s).evictions, 2);
}

static void makes_room_even_when_all_were_asked_for(void **state)
{
	(void)state;
	put("a", "1"), put("b", "2"), put("c", "3");
	get("a"), get("b"), get("c");
	put("d", "4");
	assert_string_equal(get("a"), "-");
	assert_string_equal(get("b"), "2");
	assert_string_equal(get("d"), "4");
}

static void stays_within_its_bytes(void **state)
{
	char big[1000];

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = 0;
	sieve_limit(s, 100, 4000);
	for (int i = 0; i < 20; i++) {
		put(str_printf(a, "%d", i).p, big);
		assert_true(sieve_stats(s).bytes <= 4000);
	}
	assert_int_equal(sieve_stats(s).entries, 3);
	assert_null(sieve_put(s, STR("too large"), 4000));
	assert_null(sieve_put(s, STR("overflow"), SIZE_MAX));
	assert_int_equal(sieve_stats(s).entries, 3);
}

static void smaller_limits_hold_at_once_and_none_keeps_nothing(void **state)
{
	(void)state;
	put("a", "1"), put("b", "2"), put("c", "3");
	sieve_limit(s, 1, 1 << 20);
	assert_int_equal(sieve_stats(s).entries, 1);
	assert_string_equal(get("c"), "3");
	sieve_limit(s, 0, 1 << 20);
	assert_int_equal(sieve_stats(s).entries, 0);
	assert_null(sieve_put(s, STR("d"), 1));
	assert_int_equal(sieve_stats(s).bytes, 0);
}

static void clearing_keeps_the_counters(void **state)
{
	(void)state;
	put("a", "1");
	get("a");
	sieve_clear(s);
	assert_string_equal(get("a"), "-");
	assert_int_equal(sieve_stats(s).hits, 1);
	assert_int_equal(sieve_stats(s).entries, 0);
	put("a", "2");
	assert_string_equal(get("a"), "2");
}

/* Against a plain list of what should be there: many keys, few places, growing tables. */
static void what_is_removed_is_gone_and_may_come_again(void **state)
{
	(void)state;
	put("a", "1");
	put("b", "2");
	sieve_remove(s, STR("a"));
	sieve_remove(s, STR("none"));
	assert_string_equal(get("a"), "-");
	assert_string_equal(get("b"), "2");
	assert_int_equal(sieve_stats(s).entries, 1);
	assert_int_equal(sieve_stats(s).evictions, 0);
	put("a", "3");
	assert_string_equal(get("a"), "3");
}

static void many_keys_are_kept_apart(void **state)
{
	unsigned seed = 1;

	(void)state;
	sieve_limit(s, 500, 1 << 24);
	for (int i = 0; i < 20000; i++) {
		seed = seed * 1103515245 + 12345;
		struct str key = str_printf(a, "key %u", seed / 65536 % 700);
		const char *value = sieve_get(s, key);
		if (value)
			assert_string_equal(value, key.p);
		else
			put(key.p, key.p);
		assert_true(sieve_stats(s).entries <= 500);
	}
	struct sieve_stats st = sieve_stats(s);
	assert_int_equal(st.entries, 500);
	assert_int_equal(st.requests, 20000);
	assert_int_equal(st.requests - st.hits, st.evictions + st.entries);
	assert_true(st.hits > 20000 / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(gives_back_what_was_put, setup, teardown),
		cmocka_unit_test_setup_teardown(takes_out_what_nobody_asked_for, setup, teardown),
		cmocka_unit_test_setup_teardown(makes_room_even_when_all_were_asked_for, setup,
			teardown),
		cmocka_unit_test_setup_teardown(stays_within_its_bytes, setup, teardown),
		cmocka_unit_test_setup_teardown(smaller_limits_hold_at_once_and_none_keeps_nothing,
			setup, teardown),
		cmocka_unit_test_setup_teardown(clearing_keeps_the_counters, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_removed_is_gone_and_may_come_again, setup,
			teardown),
		cmocka_unit_test_setup_teardown(many_keys_are_kept_apart, setup, teardown),
	};

	return cmocka_run_group_tests_name("base/sieve", tests, NULL, NULL);
}

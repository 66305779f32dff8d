#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/ulid.h"

static int thaw(void **state)
{
	(void)state;
	clock_freeze(0);
	return 0;
}

static void ids_are_valid_and_carry_the_time(void **state)
{
	char id[ULID_SIZE];
	int64_t before = now_us() / US_PER_MS, ms;

	(void)state;
	assert_ptr_equal(ulid_new(id), id);
	assert_int_equal(strlen(id), ULID_LEN);
	assert_true(ulid_is_valid(str_of(id)));
	assert_true(ulid_time(str_of(id), &ms));
	assert_true(ms >= before && ms <= now_us() / US_PER_MS + 1);
}

static void the_time_is_written_as_the_specification_says(void **state)
{
	char id[ULID_SIZE];

	(void)state;
	clock_freeze(INT64_C(281474976710655) * US_PER_MS); /* the largest time */
	assert_memory_equal(ulid_new(id), "7ZZZZZZZZZ", 10);
}

static void ids_rise_even_within_a_frozen_millisecond(void **state)
{
	char last[ULID_SIZE], id[ULID_SIZE];

	(void)state;
	clock_freeze(INT64_C(281474976710655) * US_PER_MS);
	ulid_new(last);
	for (int i = 0; i < 10000; i++) {
		assert_true(strcmp(ulid_new(id), last) > 0);
		strcpy(last, id);
	}
}

static void ids_rise_when_the_clock_goes_back(void **state)
{
	char last[ULID_SIZE], id[ULID_SIZE];

	(void)state;
	ulid_new(last);
	clock_freeze(1000000);
	assert_true(strcmp(ulid_new(id), last) > 0);
}

static void a_forked_child_makes_other_ids(void **state)
{
	char ours[ULID_SIZE], theirs[ULID_SIZE];
	int pipes[2], status;

	(void)state;
	clock_freeze(now_us());
	ulid_new(ours);
	assert_int_equal(pipe(pipes), 0);
	pid_t child = fork();
	if (child == 0)
		_exit(write(pipes[1], ulid_new(theirs), ULID_SIZE) != ULID_SIZE);
	assert_int_equal(read(pipes[0], theirs, ULID_SIZE), ULID_SIZE);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_string_not_equal(ulid_new(ours), theirs);
	assert_true(memcmp(ours + 10, theirs + 10, 12) != 0);
	close(pipes[0]);
	close(pipes[1]);
}

static void refuses_what_is_no_ulid(void **state)
{
	static const struct {
		const char *text;
		int ok;
	} cases[] = {
		{"01ARZ3NDEKTSV4RRFFQ69G5FAV", 1},
		{"01arz3ndektsv4rrffq69g5fav", 1},
		{"7ZZZZZZZZZZZZZZZZZZZZZZZZZ", 1},
		{"8ZZZZZZZZZZZZZZZZZZZZZZZZZ", 0},
		{"01ARZ3NDEKTSV4RRFFQ69G5FA", 0},
		{"01ARZ3NDEKTSV4RRFFQ69G5FAVX", 0},
		{"01ARZ3NDEKTSV4RRFFQ69G5FAI", 0},
		{"01ARZ3NDEKTSV4RRFFQ69G5FAL", 0},
		{"01ARZ3NDEKTSV4RRFFQ69G5FAO", 0},
		{"01ARZ3NDEKTSV4RRFFQ69G5FAU", 0},
		{"01ARZ3NDEKTSV4RRFFQ69G5FA-", 0},
		{"", 0},
	};
	int64_t ms = 42;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(ulid_is_valid(str_of(cases[i].text)), cases[i].ok);
	assert_false(ulid_is_valid(STR_NULL));
	assert_false(ulid_is_valid(str_from("0000000000000000000000000\0", 26)));
	assert_false(ulid_time(STR("x"), &ms));
	assert_int_equal(ms, 42);
	assert_true(ulid_time(STR("01ARZ3NDEKTSV4RRFFQ69G5FAV"), &ms));
	assert_true(ms == 1469922850259);
}

#define THAWED(f) cmocka_unit_test_teardown(f, thaw)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_valid_and_carry_the_time),
		THAWED(ids_rise_when_the_clock_goes_back),
		THAWED(a_forked_child_makes_other_ids),
		THAWED(the_time_is_written_as_the_specification_says),
		THAWED(ids_rise_even_within_a_frozen_millisecond),
		cmocka_unit_test(refuses_what_is_no_ulid),
	};
	return cmocka_run_group_tests_name("base/ulid", tests, NULL, NULL);
}

#include "support_loop.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loop/fiber.h"
#include "loop/watch.h"

static char seen[64];

static void note(const char *s)
{
	strcat(seen, s);
}

static void in_turns(void *p)
{
	for (int i = 0; i < 3; i++) {
		note(p);
		assert_int_equal(fiber_yield(), 0);
	}
}

static void fibers_take_turns(void **state)
{
	seen[0] = 0;
	fiber_go(*state, in_turns, "a");
	fiber_go(*state, in_turns, "b");
	assert_string_equal(seen, "");
	loop_run(*state);
	assert_string_equal(seen, "ababab");
}

static void sleep_a_little(void *p)
{
	assert_int_equal(fiber_sleep_ms(5), 0);
	note(p);
}

static void join_two(void *p)
{
	struct fiber *a = fiber_start(p, sleep_a_little, "a");
	struct fiber *b = fiber_start(p, in_turns, "b");

	assert_ptr_equal(fiber_loop(a), p);
	assert_ptr_not_equal(fiber_current(), a);
	fiber_join(a);
	assert_true(fiber_is_done(b));
	fiber_join(b);
	note("!");
}

static void join_waits_for_the_end(void **state)
{
	seen[0] = 0;
	loop_run_fiber(*state, join_two, *state);
	assert_string_equal(seen, "bbba!");
	assert_null(fiber_current());
}

static void park_after_wake(void *p)
{
	(void)p;
	fiber_wake(fiber_current());
	fiber_wake(fiber_current());
	assert_int_equal(fiber_park(), 0);
	note("1");
	assert_int_equal(fiber_park(), 0); /* woken once only: this one waits */
	note("2");
}

static void wake_before_park_is_not_lost(void **state)
{
	seen[0] = 0;
	struct fiber *f = fiber_start(*state, park_after_wake, NULL);
	loop_run(*state);
	assert_string_equal(seen, "1");
	fiber_wake(f);
	fiber_wake(f);
	loop_run(*state);
	assert_string_equal(seen, "12");
	fiber_detach(f);
}

static void wait_for_long(void *p)
{
	(void)p;
	assert_int_equal(fiber_sleep_ms(1000000), E_CANCEL);
	assert_true(fiber_is_cancelled());
	assert_int_equal(fiber_sleep_ms(1000000), E_CANCEL);
	assert_int_equal(fiber_yield(), E_CANCEL);
	assert_int_equal(fiber_park(), E_CANCEL);
	note("x");
}

static void cancel_ends_this_wait_and_all_later_ones(void **state)
{
	seen[0] = 0;
	struct fiber *f = fiber_start(*state, wait_for_long, NULL);
	one_turn(*state);
	fiber_cancel(f);
	loop_run(*state);
	assert_string_equal(seen, "x");
	assert_true(fiber_is_done(f));
	fiber_cancel(f);
	fiber_detach(f);
	assert_false(fiber_is_cancelled());
}

static void slow(void *p)
{
	int *on_the_joiners_stack = p;

	assert_int_equal(fiber_sleep_ms(10), 0);
	*on_the_joiners_stack = 42;
}

static void join_slow(void *p)
{
	int answer = 0;

	fiber_join(fiber_start(p, slow, &answer));
	assert_int_equal(answer, 42);
	note("j");
}

static void join_is_not_ended_by_a_cancel(void **state)
{
	seen[0] = 0;
	struct fiber *f = fiber_start(*state, join_slow, *state);
	one_turn(*state);
	fiber_cancel(f);
	loop_run(*state);
	assert_string_equal(seen, "j");
	fiber_detach(f);
}

static void deferred(void *p)
{
	assert_non_null(fiber_current());
	fiber_yield();
	note(p);
}

static void defer_some(void *p)
{
	(void)p;
	fiber_defer(deferred, "1");
	fiber_defer(deferred, "2");
	fiber_defer(deferred, "3");
	fiber_undefer(deferred, "2");
	fiber_undefer(deferred, "none such");
	note("0");
}

static void defers_run_last_first_and_may_wait(void **state)
{
	seen[0] = 0;
	loop_run_fiber(*state, defer_some, NULL);
	assert_string_equal(seen, "031");
}

static void wait_for_bytes(void *p)
{
	int *ends = p;
	unsigned events = 77;

	assert_int_equal(fiber_wait_fd(ends[0], WATCH_READ, 5, &events), 0);
	assert_int_equal(events, 0);
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_int_equal(fiber_wait_fd(ends[0], WATCH_READ, 0, &events), 0);
	assert_int_equal(events, WATCH_READ);
	assert_int_equal(fiber_wait_fd(-1, WATCH_READ, 0, &events), 0);
	assert_int_equal(events, WATCH_ERROR);
}

static void waits_for_a_descriptor_or_a_time(void **state)
{
	int ends[2];

	make_pair(ends);
	loop_run_fiber(*state, wait_for_bytes, ends);
	close(ends[0]);
	close(ends[1]);
}

static void add_up(void *p)
{
	long *sum = p;

	assert_null(fiber_current()); /* another thread */
	for (int i = 0; i < 1000; i++)
		*sum += i;
}

static void work_in_thread(void *p)
{
	long *sum = p, mine = 0;

	fiber_work(add_up, &mine);
	*sum += mine;
}

static void work_in_a_thread_is_a_call(void **state)
{
	long sum = 0;

	for (int i = 0; i < 20; i++)
		fiber_go(*state, work_in_thread, &sum);
	loop_run(*state);
	assert_int_equal(sum, 20 * 499500);
}

static int count;

static void count_one(void *p)
{
	(void)p;
	if (fiber_sleep_ms((uint64_t)rand() % 3) == 0)
		count++;
}

static void thousands_of_fibers(void **state)
{
	count = 0;
	for (int i = 0; i < 3000; i++)
		fiber_go(*state, count_one, NULL);
	loop_run(*state);
	assert_int_equal(count, 3000);
}

static __attribute__((noinline)) int dig(int depth)
{
	volatile char hole[1024];

	hole[0] = (char)depth;
	hole[1023] = 1;
	return depth == 0 ? 0 : dig(depth - 1) + hole[1023];
}

static void dig_deep(void *p)
{
	int *depth = p;

	assert_int_equal(dig(*depth), *depth);
}

static void stack_is_as_large_as_promised(void **state)
{
	int depth = 180;

	loop_run_fiber(*state, dig_deep, &depth);
}

static void stack_overflow_ends_the_process(void **state)
{
	(void)state;
	pid_t pid = fork();
	if (pid == 0) {
		int depth = 100000;
		close(2); /* what a sanitizer has to say */
		loop_run_fiber(loop_new(), dig_deep, &depth);
		_exit(0);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_not_equal(status, 0);
}

static void until_cancelled(void *p)
{
	(void)p;
	while (fiber_sleep_ms(1) == 0)
		;
	note("e");
}

static void until_parked_for_ever(void *p)
{
	fiber_defer(deferred, "d");
	until_cancelled(p);
}

static void loop_free_ends_the_fibers_that_are_left(void **state)
{
	struct loop *loop = loop_new();

	(void)state;
	seen[0] = 0;
	fiber_go(loop, until_cancelled, NULL);
	fiber_go(loop, until_parked_for_ever, NULL);
	one_turn(loop);
	loop_free(loop);
	assert_int_equal(strlen(seen), 3);
}

static void doubles(void *p)
{
	double *x = p;

	for (int i = 0; i < 100; i++) {
		*x = *x * 1.01 + 0.5;
		fiber_yield();
	}
}

static void registers_survive_the_switch(void **state)
{
	double a = 1, b = 1, c = 3;

	fiber_go(*state, doubles, &a);
	fiber_go(*state, doubles, &b);
	fiber_go(*state, doubles, &c);
	loop_run(*state);
	assert_true(a == b && c > a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOOP_TEST(fibers_take_turns),
		LOOP_TEST(join_waits_for_the_end),
		LOOP_TEST(wake_before_park_is_not_lost),
		LOOP_TEST(cancel_ends_this_wait_and_all_later_ones),
		LOOP_TEST(join_is_not_ended_by_a_cancel),
		LOOP_TEST(defers_run_last_first_and_may_wait),
		LOOP_TEST(waits_for_a_descriptor_or_a_time),
		LOOP_TEST(work_in_a_thread_is_a_call),
		LOOP_TEST(thousands_of_fibers),
		LOOP_TEST(stack_is_as_large_as_promised),
		LOOP_TEST(stack_overflow_ends_the_process),
		LOOP_TEST(loop_free_ends_the_fibers_that_are_left),
		LOOP_TEST(registers_survive_the_switch),
	};
	return cmocka_run_group_tests_name("loop/fiber", tests, NULL, NULL);
}

#include "support_loop.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loop/timer.h"

static char seen[64];

static void note(void *p)
{
	strcat(seen, p);
}

static void later_runs_in_order(void **state)
{
	struct loop *loop = *state;

	seen[0] = 0;
	loop_later(loop, note, "a");
	loop_later(loop, note, "b");
	assert_string_equal(seen, "");
	loop_run(loop);
	assert_string_equal(seen, "ab");
}

static void note_and_again(void *p)
{
	note("1");
	loop_later(p, note, "3");
	note("2");
}

static void later_from_later_waits_for_the_next_turn(void **state)
{
	struct loop *loop = *state;

	seen[0] = 0;
	loop_later(loop, note_and_again, loop);
	loop_later(loop, note, "x");
	loop_run(loop);
	assert_string_equal(seen, "12x3");
}

static bool enough;

static void later_for_ever(void *p)
{
	if (!enough)
		loop_later(p, later_for_ever, p);
}

static void on_time_stop(void *p)
{
	loop_stop(p);
}

/* A later that always comes again must not keep timers and sockets from their turn. */
static void later_for_ever_starves_nobody(void **state)
{
	struct loop *loop = *state;
	struct timer *t = timer_new(loop, on_time_stop, loop);

	timer_start(t, 5, 0);
	loop_later(loop, later_for_ever, loop);
	loop_run(loop);
	timer_free(t);
	enough = true;
}

static void many_laters_grow(void **state)
{
	struct loop *loop = *state;

	for (int i = 0; i < 10000; i++)
		loop_later_free(loop, malloc(16));
	loop_run(loop);
}

static void on_time_note(void *p)
{
	note("t");
	loop_later(p, note, "l");
}

static void later_from_a_timer_does_not_sleep_first(void **state)
{
	struct loop *loop = *state;
	struct timer *t = timer_new(loop, on_time_note, loop),
		     *end = timer_new(loop, on_time_stop, loop);

	seen[0] = 0;
	timer_start(t, 1, 0);
	timer_start(end, 10000, 0);
	int64_t start = loop_now_ms(loop);
	while (!strchr(seen, 'l'))
		one_turn(loop);
	assert_true(loop_now_ms(loop) - start < 5000);
	timer_free(t);
	timer_free(end);
}

static void run_returns_when_nothing_is_left(void **state)
{
	struct timer *t = timer_new(*state, note, "");

	timer_background(t);
	timer_start(t, 60000, 0);
	loop_run(*state);
	timer_free(t);
}

struct job {
	struct loop *loop;
	pthread_t ran_in, done_in;
	int runs, dones, releases;
};

static void run_job(void *p)
{
	struct job *j = p;

	if (__atomic_fetch_add(&j->runs, 1, __ATOMIC_RELAXED) == 0)
		j->ran_in = pthread_self();
}

static void job_done(void *p)
{
	struct job *j = p;

	j->done_in = pthread_self();
	j->dones++;
}

static void job_released(void *p)
{
	((struct job *)p)->releases++;
}

static void work_runs_elsewhere_and_is_done_here(void **state)
{
	struct job j = {0};

	loop_work(*state, run_job, job_done, &j);
	loop_run(*state);
	assert_int_equal(j.dones, 1);
	assert_false(pthread_equal(j.ran_in, pthread_self()));
	assert_true(pthread_equal(j.done_in, pthread_self()));
}

static void more_work_than_threads_is_queued(void **state)
{
	struct job j = {0};

	for (int i = 0; i < 200; i++)
		loop_work(*state, run_job, job_done, &j);
	loop_run(*state);
	assert_int_equal(j.runs, 200);
	assert_int_equal(j.dones, 200);
}

static void forgotten_work_only_releases(void **state)
{
	struct job j = {0};

	loop_work_forget(loop_work(*state, run_job, job_done, &j), job_released);
	loop_run(*state);
	assert_int_equal(j.runs, 1);
	assert_int_equal(j.dones, 0);
	assert_int_equal(j.releases, 1);
}

/* libuv's pool has 4 threads unless told otherwise, whatever the machine: ours is told. */
static void thread_pool_has_the_size_we_set(void **state)
{
	(void)state;
	assert_string_equal(getenv("UV_THREADPOOL_SIZE"), "6");
}

static int signals;

static void on_signal(int signum, void *p)
{
	signals += signum == SIGUSR1 ? 1 : 100;
	loop_stop(p);
}

static void on_other_signal(int signum, void *p)
{
	(void)signum;
	signals += 1000;
	loop_stop(p);
}

static void on_raise(void *p)
{
	(void)p;
	raise(SIGUSR1);
}

static void signal_calls_back_and_can_be_replaced(void **state)
{
	struct loop *loop = *state;
	struct timer *t = timer_new(loop, on_raise, NULL);

	signals = 0;
	loop_on_signal(loop, SIGUSR1, on_signal, loop);
	timer_start(t, 1, 20);
	loop_run(loop);
	assert_int_equal(signals, 1);
	loop_on_signal(loop, SIGUSR1, on_other_signal, loop);
	loop_run(loop);
	assert_int_equal(signals, 1001);
	timer_free(t);
	loop_on_signal(loop, SIGUSR1, NULL, NULL);
	loop_run(loop);
}

static void a_broken_pipe_is_an_error_not_the_end(void **state)
{
	int ends[2];

	(void)state;
	make_pair(ends);
	close(ends[1]);
	assert_int_equal(write(ends[0], "x", 1), -1);
	close(ends[0]);
}

static int ticks;

static void on_tick(void *p)
{
	struct timer **t = p;

	if (++ticks == 3) {
		timer_free(*t);
		*t = NULL;
	}
}

static void timer_repeats_until_freed_in_its_callback(void **state)
{
	struct timer *t;

	ticks = 0;
	t = timer_new(*state, on_tick, &t);
	timer_start(t, 0, 1);
	assert_true(timer_is_running(t));
	loop_run(*state);
	assert_int_equal(ticks, 3);
	assert_null(t);
}

static void stopped_timer_is_silent(void **state)
{
	struct timer *t = timer_new(*state, on_tick, NULL);

	timer_start(t, 1, 0);
	timer_stop(t);
	timer_stop(t);
	assert_false(timer_is_running(t));
	loop_run(*state);
	timer_free(t);
	timer_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOOP_TEST(later_runs_in_order),
		LOOP_TEST(later_from_later_waits_for_the_next_turn),
		LOOP_TEST(later_for_ever_starves_nobody),
		LOOP_TEST(many_laters_grow),
		LOOP_TEST(later_from_a_timer_does_not_sleep_first),
		LOOP_TEST(run_returns_when_nothing_is_left),
		LOOP_TEST(work_runs_elsewhere_and_is_done_here),
		LOOP_TEST(more_work_than_threads_is_queued),
		LOOP_TEST(forgotten_work_only_releases),
		LOOP_TEST(thread_pool_has_the_size_we_set),
		LOOP_TEST(signal_calls_back_and_can_be_replaced),
		LOOP_TEST(a_broken_pipe_is_an_error_not_the_end),
		LOOP_TEST(timer_repeats_until_freed_in_its_callback),
		LOOP_TEST(stopped_timer_is_silent),
	};
	loop_threads(6);
	return cmocka_run_group_tests_name("loop/loop", tests, NULL, NULL);
}

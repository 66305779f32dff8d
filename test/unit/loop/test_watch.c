#include "support_loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loop/timer.h"
#include "loop/watch.h"

struct seen {
	struct loop *loop;
	unsigned events;
	int calls;
	struct watch *victim; /* freed by the first callback */
};

static void on_event(struct watch *w, unsigned events, void *arg)
{
	struct seen *s = arg;

	s->events = events;
	s->calls++;
	watch_set(w, 0);
}

static void reports_what_was_asked_for(void **state)
{
	int ends[2];
	struct seen s = {0};

	make_pair(ends);
	struct watch *w = watch_new(*state, ends[0], on_event, &s);
	watch_set(w, WATCH_WRITE);
	loop_run(*state);
	assert_int_equal(s.events, WATCH_WRITE);
	assert_int_equal(write(ends[1], "x", 1), 1);
	watch_set(w, WATCH_READ);
	loop_run(*state);
	assert_int_equal(s.events, WATCH_READ);
	watch_set(w, WATCH_READ | WATCH_WRITE);
	loop_run(*state);
	assert_int_equal(s.events, WATCH_READ | WATCH_WRITE);
	watch_free(w);
	close(ends[0]);
	close(ends[1]);
}

/* An address on which nobody listens. */
static struct sockaddr_in deaf_address(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&a, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	close(fd);
	return a;
}

/* libuv reports a broken descriptor with events == 0; whoever looks at events only, hangs. */
static void poll_error_without_events_is_told(void **state)
{
	struct sockaddr_in a = deaf_address();
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct seen s = {0};

	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), -1);
	assert_int_equal(errno, EINPROGRESS);
	struct watch *w = watch_new(*state, fd, on_event, &s);
	watch_set(w, WATCH_READ | WATCH_WRITE);
	loop_run(*state);
	assert_int_equal(s.events, WATCH_ERROR);
	assert_int_equal(s.calls, 1);
	assert_int_equal(watch_mask(w), 0);
	watch_free(w);
	close(fd);
}

static void end_of_stream_is_readable(void **state)
{
	int ends[2];
	struct seen s = {0};

	make_pair(ends);
	close(ends[1]);
	struct watch *w = watch_new(*state, ends[0], on_event, &s);
	watch_set(w, WATCH_READ);
	loop_run(*state);
	assert_true(s.events & (WATCH_READ | WATCH_ERROR));
	watch_free(w);
	close(ends[0]);
}

/* Plain libuv aborts the process: uv_poll_start(), close(), next turn (libuv#5130). */
static void descriptor_closed_in_the_turn_its_watch_was_set(void **state)
{
	int ends[2];
	struct seen s = {0};

	make_pair(ends);
	struct watch *w = watch_new(*state, ends[0], on_event, &s);
	watch_set(w, WATCH_READ);
	close(ends[0]);
	watch_set(w, 0);
	loop_run(*state);
	watch_free(w);
	loop_run(*state);
	assert_int_equal(s.calls, 0);
	close(ends[1]);
}

static void close_then_free_after_some_turns(void **state)
{
	int ends[2];
	struct seen s = {0};

	make_pair(ends);
	struct watch *w = watch_new(*state, ends[0], on_event, &s);
	watch_set(w, WATCH_READ);
	one_turn(*state);
	watch_set(w, WATCH_READ | WATCH_WRITE);
	close(ends[0]);
	watch_free(w);
	loop_run(*state);
	assert_int_equal(s.calls, 0);
	close(ends[1]);
}

/* The kernel gives the lowest free number again: the new socket must not inherit the old watch, nor
 * be refused (EEXIST), nor stay silent. */
static void reused_number_gets_its_own_watch(void **state)
{
	int first[2], second[2];
	struct seen s1 = {0}, s2 = {0};

	make_pair(first);
	struct watch *w1 = watch_new(*state, first[0], on_event, &s1);
	watch_set(w1, WATCH_READ);
	one_turn(*state);
	watch_free(w1);
	close(first[0]);
	close(first[1]);

	make_pair(second);
	assert_int_equal(second[0], first[0]);
	struct watch *w2 = watch_new(*state, second[0], on_event, &s2);
	assert_non_null(w2);
	watch_set(w2, WATCH_READ);
	assert_int_equal(write(second[1], "x", 1), 1);
	loop_run(*state);
	assert_int_equal(s1.calls, 0);
	assert_int_equal(s2.events, WATCH_READ);
	watch_free(w2);
	close(second[0]);
	close(second[1]);
}

static void second_watch_on_a_number_is_refused(void **state)
{
	int ends[2];
	struct seen s = {0};

	make_pair(ends);
	struct watch *w = watch_new(*state, ends[0], on_event, &s);
	watch_set(w, WATCH_READ);
	one_turn(*state);
	assert_null(watch_new(*state, ends[0], on_event, &s));
	assert_int_equal(errno, EEXIST);
	watch_free(w);
	close(ends[0]);
	close(ends[1]);
}

static void plain_file_is_refused(void **state)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	assert_null(watch_new(*state, fd, on_event, NULL));
	assert_int_equal(errno, EPERM);
	close(fd);
	assert_null(watch_new(*state, fd, on_event, NULL));
	assert_int_equal(errno, EBADF);
}

static void on_event_free_self(struct watch *w, unsigned events, void *arg)
{
	struct seen *s = arg;

	(void)events;
	s->calls++;
	watch_free(w);
}

static void freed_in_its_own_callback(void **state)
{
	int ends[2];
	struct seen s = {0};

	make_pair(ends);
	watch_set(watch_new(*state, ends[0], on_event_free_self, &s), WATCH_WRITE);
	loop_run(*state);
	assert_int_equal(s.calls, 1);
	close(ends[0]);
	close(ends[1]);
}

static void on_event_free_other(struct watch *w, unsigned events, void *arg)
{
	struct seen *s = arg;

	(void)events;
	s->calls++;
	watch_set(w, 0);
	watch_free(s->victim);
	s->victim = NULL;
}

/* Both are due in the same turn; whoever comes first frees the other, which must then stay
 * silent. */
static void freed_by_another_callback_while_its_own_is_due(void **state)
{
	int ends[2];
	struct seen a = {0}, b = {0};

	make_pair(ends);
	struct watch *wa = watch_new(*state, ends[0], on_event_free_other, &a);
	struct watch *wb = watch_new(*state, ends[1], on_event_free_other, &b);
	a.victim = wb;
	b.victim = wa;
	watch_set(wa, WATCH_WRITE);
	watch_set(wb, WATCH_WRITE);
	loop_run(*state);
	assert_int_equal(a.calls + b.calls, 1);
	watch_free(a.calls ? wa : wb);
	close(ends[0]);
	close(ends[1]);
}

static void on_event_silence_other(struct watch *w, unsigned events, void *arg)
{
	struct seen *s = arg;

	(void)events;
	s->calls++;
	watch_set(w, 0);
	watch_set(s->victim, 0);
}

static void mask_zero_holds_at_once(void **state)
{
	int ends[2];
	struct seen a = {0}, b = {0};

	make_pair(ends);
	struct watch *wa = watch_new(*state, ends[0], on_event_silence_other, &a);
	struct watch *wb = watch_new(*state, ends[1], on_event_silence_other, &b);
	a.victim = wb;
	b.victim = wa;
	watch_set(wa, WATCH_WRITE);
	watch_set(wb, WATCH_WRITE);
	loop_run(*state);
	assert_int_equal(a.calls + b.calls, 1);
	watch_free(wa);
	watch_free(wb);
	close(ends[0]);
	close(ends[1]);
}

/* The memory of a handle must outlive uv_close(): freeing it in the same turn is the classic
 * mistake. */
static void many_watches_come_and_go_in_one_turn(void **state)
{
	int ends[2];
	struct seen s = {0};

	make_pair(ends);
	for (int i = 0; i < 100; i++) {
		struct watch *w = watch_new(*state, ends[0], on_event, &s);
		assert_non_null(w);
		watch_set(w, WATCH_READ);
		watch_free(w);
	}
	watch_free(NULL);
	loop_run(*state);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOOP_TEST(reports_what_was_asked_for),
		LOOP_TEST(poll_error_without_events_is_told),
		LOOP_TEST(end_of_stream_is_readable),
		LOOP_TEST(descriptor_closed_in_the_turn_its_watch_was_set),
		LOOP_TEST(close_then_free_after_some_turns),
		LOOP_TEST(reused_number_gets_its_own_watch),
		LOOP_TEST(second_watch_on_a_number_is_refused),
		LOOP_TEST(plain_file_is_refused),
		LOOP_TEST(freed_in_its_own_callback),
		LOOP_TEST(freed_by_another_callback_while_its_own_is_due),
		LOOP_TEST(mask_zero_holds_at_once),
		LOOP_TEST(many_watches_come_and_go_in_one_turn),
	};
	return cmocka_run_group_tests_name("loop/watch", tests, NULL, NULL);
}

/* The waits that are made of a park and something of libuv. */
#include <assert.h>

#include "loop/fiber.h"
#include "loop/loop.h"
#include "loop/timer.h"
#include "loop/watch.h"

struct wait {
	struct fiber *fiber;
	unsigned events;
	bool over;
};

static void on_over(void *arg)
{
	struct wait *w = arg;

	w->over = true;
	fiber_wake(w->fiber);
}

static void on_event(struct watch *watch, unsigned events, void *arg)
{
	struct wait *w = arg;

	watch_set(watch, 0);
	w->events = events;
	on_over(w);
}

static int wait_over(struct wait *w)
{
	while (!w->over)
		if (fiber_park())
			return E_CANCEL;
	return 0;
}

int fiber_sleep_ms(uint64_t ms)
{
	struct wait w = {.fiber = fiber_current()};

	assert(w.fiber);
	struct timer *t = timer_new(fiber_loop(w.fiber), on_over, &w);
	timer_start(t, ms, 0);
	int code = wait_over(&w);
	timer_free(t);
	return code;
}

int fiber_wait_fd(int fd, unsigned events, uint64_t timeout_ms, unsigned *ret_events)
{
	struct wait w = {.fiber = fiber_current()};

	assert(w.fiber);
	struct loop *loop = fiber_loop(w.fiber);
	struct watch *watch = watch_new(loop, fd, on_event, &w);
	if (!watch) {
		*ret_events = WATCH_ERROR;
		return 0;
	}
	watch_set(watch, events);
	struct timer *t = timer_new(loop, on_over, &w);
	if (timeout_ms)
		timer_start(t, timeout_ms, 0);
	int code = wait_over(&w);
	watch_free(watch);
	timer_free(t);
	if (code == 0)
		*ret_events = w.events;
	return code;
}

struct threaded {
	void (*run)(void *arg);
	void *arg;
	struct wait wait;
};

static void run_threaded(void *p)
{
	struct threaded *t = p;

	t->run(t->arg);
}

static void on_threaded(void *p)
{
	struct threaded *t = p;

	on_over(&t->wait);
}

void fiber_work(void (*run)(void *arg), void *arg)
{
	struct threaded t = {.run = run, .arg = arg, .wait = {.fiber = fiber_current()}};

	assert(t.wait.fiber);
	loop_work(fiber_loop(t.wait.fiber), run_threaded, on_threaded, &t);
	while (!t.wait.over)
		fiber_park_firmly();
}

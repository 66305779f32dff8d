#include "cmd/task.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "loop/fiber.h"
#include "loop/loop.h"

struct running {
	struct task task;
	int (*fn)(struct task *t, struct err *e);
	struct err err;
	struct fiber *fiber;
	int code;
};

static void on_signal(int signum, void *arg)
{
	struct running *r = arg;

	if (r->task.waiting)
		task_stop(&r->task);
	else if (r->fiber)
		fiber_cancel(r->fiber);
	loop_on_signal(r->task.loop, signum, NULL, NULL); /* the next one ends us the hard way */
}

void task_stop(struct task *t)
{
	t->stopped = true;
	if (t->waiting)
		fiber_wake(t->waiting);
}

void task_wait_for_stop(struct task *t)
{
	t->waiting = fiber_current();
	while (!t->stopped && !fiber_is_cancelled())
		if (fiber_park())
			break;
}

static void run(void *arg)
{
	struct running *r = arg;

	r->fiber = fiber_current();
	r->code = r->fn(&r->task, &r->err);
	r->fiber = NULL;
}

int task_run(const char *name, int (*fn)(struct task *t, struct err *e), void *arg)
{
	struct arena *a = arena_new();
	struct loop *loop = loop_new();
	struct running r = {.task = {.name = name, .loop = loop, .arena = a, .arg = arg},
		.fn = fn,
		.err = {.arena = a}};

	loop_on_signal(loop, SIGINT, on_signal, &r);
	loop_on_signal(loop, SIGTERM, on_signal, &r);
	loop_run_fiber(loop, run, &r);
	if (r.code)
		fprintf(stderr, "plat %s: %s\n", name, r.err.msg ? r.err.msg : err_name(r.code));
	loop_free(loop);
	arena_free(a);
	return r.code ? 1 : 0;
}

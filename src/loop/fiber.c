#include "loop/fiber.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "loop/fiber_sanitizer.h"
#include "loop/fiber_stack.h"
#include "loop/loop_local.h"

#define STACKS_KEPT 16

/*   READY <──> RUNNING ──> DONE
 *     ^           │
 *     └── PARKED <┘                */
enum fiber_state { FIBER_READY, FIBER_RUNNING, FIBER_PARKED, FIBER_DONE, FIBER_STATES };

struct fiber_defer {
	struct fiber_defer *next;
	void (*fn)(void *p);
	void *p;
};

struct fiber {
	struct loop *loop;
	struct stack *stack;
	enum fiber_state state;
	bool woken; /* since the last park */
	bool cancelled, firm, detached;
	void (*fn)(void *arg);
	void *arg;
	struct fiber *joiner;
	struct fiber_defer *defers;
	struct fiber *prev, *next; /* loop->fibers */
};

static _Thread_local struct fiber *current;

static void set_state(struct fiber *f, enum fiber_state to)
{
	static const unsigned may[FIBER_STATES] = {
		[FIBER_READY] = 1u << FIBER_RUNNING,
		[FIBER_RUNNING] = 1u << FIBER_READY | 1u << FIBER_PARKED | 1u << FIBER_DONE,
		[FIBER_PARKED] = 1u << FIBER_READY,
	};
	assert(may[f->state] & 1u << to);
	f->state = to;
}

static void fiber_main(void)
{
	struct fiber *f = current;

	f->fn(f->arg);
	while (f->defers) {
		struct fiber_defer d = *f->defers;
		free(f->defers);
		f->defers = d.next;
		d.fn(d.p);
	}
	set_state(f, FIBER_DONE);
	stack_leave(f->stack, 1);
	abort();
}

static struct stack *take_stack(struct loop *loop)
{
	struct stack *s = loop->stacks;

	if (!s)
		return stack_new((size_t)FIBER_STACK * FIBER_STACK_FACTOR);
	loop->stacks = stack_next(s);
	loop->stacks_kept--;
	return s;
}

static void give_stack(struct loop *loop, struct stack *s)
{
	if (loop->stacks_kept == STACKS_KEPT) {
		stack_free(s);
		return;
	}
	stack_set_next(s, loop->stacks);
	loop->stacks = s;
	loop->stacks_kept++;
}

void fiber_release_stacks(struct loop *loop)
{
	while (loop->stacks)
		stack_free(take_stack(loop));
}

static void finish(struct fiber *f)
{
	give_stack(f->loop, f->stack);
	f->stack = NULL;
	if (f->prev)
		f->prev->next = f->next;
	else
		f->loop->fibers = f->next;
	if (f->next)
		f->next->prev = f->prev;
	if (f->joiner)
		fiber_wake(f->joiner);
	if (f->detached)
		free(f);
}

/* On the thread's own stack, at the end of a turn. */
static void resume(void *p)
{
	struct fiber *f = p;

	set_state(f, FIBER_RUNNING);
	current = f;
	stack_enter(f->stack);
	current = NULL;
	if (f->state == FIBER_DONE)
		finish(f);
}

struct fiber *fiber_start(struct loop *loop, void (*fn)(void *arg), void *arg)
{
	struct fiber *f = loop_alloc(sizeof(*f));

	*f = (struct fiber){.loop = loop, .fn = fn, .arg = arg, .next = loop->fibers};
	f->stack = take_stack(loop);
	stack_prepare(f->stack, fiber_main);
	if (f->next)
		f->next->prev = f;
	loop->fibers = f;
	loop_later(loop, resume, f);
	return f;
}

void fiber_go(struct loop *loop, void (*fn)(void *arg), void *arg)
{
	fiber_detach(fiber_start(loop, fn, arg));
}

static struct fiber *must_be_in_fiber(void)
{
	assert(current && "this function waits: it can only be called in a fiber");
	return current;
}

static int park(struct fiber *f, bool firm)
{
	if (f->cancelled && !firm)
		return E_CANCEL;
	if (!f->woken) {
		f->firm = firm;
		set_state(f, FIBER_PARKED);
		stack_leave(f->stack, 0);
	}
	f->woken = false;
	return f->cancelled && !firm ? E_CANCEL : 0;
}

int fiber_park(void)
{
	return park(must_be_in_fiber(), false);
}

void fiber_park_firmly(void)
{
	(void)park(must_be_in_fiber(), true);
}

void fiber_wake(struct fiber *f)
{
	assert(f->state != FIBER_DONE);
	f->woken = true;
	if (f->state != FIBER_PARKED)
		return;
	set_state(f, FIBER_READY);
	loop_later(f->loop, resume, f);
}

void fiber_cancel(struct fiber *f)
{
	if (f->state == FIBER_DONE)
		return;
	f->cancelled = true;
	if (f->state == FIBER_PARKED && !f->firm)
		fiber_wake(f);
}

bool fiber_is_cancelled(void)
{
	return current && current->cancelled;
}

int fiber_yield(void)
{
	struct fiber *f = must_be_in_fiber();

	set_state(f, FIBER_READY);
	loop_later(f->loop, resume, f);
	stack_leave(f->stack, 0);
	return f->cancelled ? E_CANCEL : 0;
}

void fiber_join(struct fiber *f)
{
	must_be_in_fiber();
	assert(f != current && !f->joiner && !f->detached);
	f->joiner = current;
	while (f->state != FIBER_DONE)
		fiber_park_firmly();
	free(f);
}

void fiber_detach(struct fiber *f)
{
	assert(!f->joiner && !f->detached);
	f->detached = true;
	if (f->state == FIBER_DONE)
		free(f);
}

bool fiber_is_done(const struct fiber *f)
{
	return f->state == FIBER_DONE;
}

struct fiber *fiber_current(void)
{
	return current;
}

struct loop *fiber_loop(const struct fiber *f)
{
	return f->loop;
}

void fiber_defer(void (*fn)(void *p), void *p)
{
	struct fiber *f = must_be_in_fiber();
	struct fiber_defer *d = loop_alloc(sizeof(*d));

	*d = (struct fiber_defer){.next = f->defers, .fn = fn, .p = p};
	f->defers = d;
}

void fiber_undefer(void (*fn)(void *p), void *p)
{
	for (struct fiber_defer **at = &must_be_in_fiber()->defers; *at; at = &(*at)->next) {
		struct fiber_defer *d = *at;
		if (d->fn != fn || d->p != p)
			continue;
		*at = d->next;
		free(d);
		return;
	}
}

/* Nothing will ever happen again, and somebody waits for it: better to say so than to hang or go
 * on. */
static void __attribute__((noreturn)) die_waiting(void)
{
	fprintf(stderr, "loop: a fiber waits for something that cannot happen any more\n");
	abort();
}

void fiber_end_all(struct loop *loop)
{
	assert(!current);
	for (struct fiber *f = loop->fibers; f; f = f->next)
		fiber_cancel(f);
	while (loop->fibers)
		if (uv_run(&loop->uv, UV_RUN_ONCE) == 0 && loop->fibers)
			die_waiting();
}

struct main_call {
	struct loop *loop;
	void (*fn)(void *arg);
	void *arg;
	bool done;
};

static void on_main_ended(void *p)
{
	struct main_call *m = p;

	m->done = true;
	loop_stop(m->loop);
}

static void run_main(void *p)
{
	struct main_call *m = p;

	fiber_defer(on_main_ended, m); /* after all others */
	m->fn(m->arg);
}

void loop_run_fiber(struct loop *loop, void (*fn)(void *arg), void *arg)
{
	struct main_call m = {.loop = loop, .fn = fn, .arg = arg};

	fiber_go(loop, run_main, &m);
	while (!m.done)
		if (uv_run(&loop->uv, UV_RUN_DEFAULT) == 0 && !m.done)
			die_waiting();
}

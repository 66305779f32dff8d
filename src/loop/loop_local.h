/* loop_local: what the files of src/loop share. Private to this folder.
 *
 * Owner    the loop. Threads: the loop's.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "loop/fiber.h"
#include "loop/loop.h"

#define LOOP_SIGNALS 65

struct later {
	void (*fn)(void *p);
	void *p;
};

struct later_list {
	struct later *at;
	size_t n, cap;
};

struct signal_watch;
struct stack;
struct watch;

struct loop {
	uv_loop_t uv;
	uv_prepare_t prepare;
	uv_check_t check;
	uv_idle_t idle; /* see loop_keep_awake() */
	struct later_list later, spare;
	struct watch *changed; /* watches whose mask has to reach libuv before the next sleep */
	struct fiber *fibers;  /* all that have not ended */
	struct stack *stacks;  /* kept for the next fiber */
	unsigned stacks_kept;
	unsigned held;    /* watches, timers and children that somebody holds */
	unsigned working; /* struct work without its done */
	struct signal_watch *signals[LOOP_SIGNALS];
};

/* calloc() that ends the process instead of failing. */
void *loop_alloc(size_t n) __attribute__((malloc, returns_nonnull, alloc_size(1)));

/* For libuv calls that only fail when we are wrong: says so and ends the process. */
void loop_must(int status, const char *what);

/* Something is due before the loop may sleep, or end for want of anything to do. */
void loop_keep_awake(struct loop *loop);

void watch_apply_changes(struct loop *loop);

void fiber_end_all(struct loop *loop); /* cancels them and runs the loop until all have ended */
void fiber_release_stacks(struct loop *loop);

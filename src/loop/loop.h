/* loop: the one thread in which everything of a process happens. Nothing else knows libuv.
 *
 * Owner    main() makes one with loop_new() and frees it last. Whoever holds a watch, timer, child,
 *          work or fiber frees it before.
 * Failure  loop_new() and allocation end the process; nothing else here fails.
 * Threads  every function belongs to the loop's thread; only the `run` of loop_work() is elsewhere.
 * Units    milliseconds.
 *
 * A turn is: timers that are due, then sockets in the order the kernel reports them, then what
 * loop_later() collected. What a callback may do: compute for less than a millisecond, queue
 * something, return. Hashing, fsync, walks through folders go to loop_work().
 *
 * Changes of watches take effect just before the loop sleeps again. So a library (libpq, libcurl)
 * may close a socket in the same turn in which a watch on it was set, provided that the watch is
 * freed or set to 0 in that turn too. Plain libuv aborts the process there.
 */
#pragma once
#include <stdint.h>

struct loop;
struct work;

struct loop *loop_new(void) __attribute__((returns_nonnull));

/* Cancels the fibers that are left, lets them end (so their sessions and files are closed), runs
 * what loop_later() holds, and releases everything. NULL is fine. A watch, timer, child or work
 * that somebody still holds at this point is a programming error and ends the process. */
void loop_free(struct loop *loop);

/* Runs until loop_stop(), or until nothing is left that could ever happen: no watch with a mask, no
 * running timer, child or work, no runnable fiber. May be called again afterwards. Not from a
 * callback. */
void loop_run(struct loop *loop);

/* The turn ends first. Before loop_run(): that then returns at once. */
void loop_stop(struct loop *loop);

/* Monotonic time of this turn; cheap. Not related to the wall clock. */
int64_t loop_now_ms(const struct loop *loop);

/* fn(p) at the end of this turn, in the order of calls. Called from such an fn: in the next turn,
 * which then begins at once. */
void loop_later(struct loop *loop, void (*fn)(void *p), void *p);

/* free(p) at the end of this turn: for objects of which a callback may still be due in this
 * turn. */
void loop_later_free(struct loop *loop, void *p);

/* The thread pool, shared by all loops of the process. loop_threads() sets its size once, before
 * the first work; without it there are 4.
 *
 * run(arg) is called in a thread and may touch nothing but what arg holds; then done(arg) on the
 * loop's thread, always, in a later turn. Never waits: more work than threads is queued. */
void loop_threads(unsigned n);
struct work *loop_work(struct loop *loop, void (*run)(void *arg), void (*done)(void *arg),
	void *arg);

/* done is not called any more. run may still be at work, so arg must live on: release(arg) (NULL is
 * fine) is called on the loop's thread when it is not needed any longer. After done the handle is
 * gone; forgetting it then is an error. */
void loop_work_forget(struct work *w, void (*release)(void *arg));

/* cb(signum, arg) on the loop's thread when the process gets the signal; one per number, a second
 * call replaces the first, NULL gives the signal back. Does not keep loop_run() going. */
void loop_on_signal(struct loop *loop, int signum, void (*cb)(int signum, void *arg), void *arg);

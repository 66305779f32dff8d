/* fiber: a function that can wait. Jobs, commands and the sync engine are written as straight lines
 * with it; requests stay callbacks (docs/decisions/0001-fibers.md says why).
 *
 * Owner    fiber_start() gives a handle that must be given back once: by fiber_join() or
 *          fiber_detach(). The stack belongs to the fiber and is reused after its end.
 * Failure  fiber_start() cannot fail (out of memory ends the process). Waits return 0, or E_CANCEL
 *          after fiber_cancel(); then the fiber is expected to tidy up and return.
 * Threads  a fiber belongs to its loop's thread and only ever runs there, one at a time. Nothing
 *          else happens between two waits, so plain variables need no locks.
 *
 * The stack is FIBER_STACK bytes with a guard page below it: an overflow ends the process, it does
 * not overwrite anything. Keep arrays over a few KB in arenas. Only the pages that were used cost
 * memory.
 *
 * What waits: everything here marked (waits), and the fiber functions of the other layers
 * (db/session.h, db_run(), child_wait(), ...). Calling one of those outside a fiber is a
 * programming error and ends the process.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct loop;
struct fiber;

#define FIBER_STACK (256 * 1024) /* four times that under a sanitizer */

/* fn(arg) begins in this turn or the next one, not inside this call. */
struct fiber *fiber_start(struct loop *loop, void (*fn)(void *arg), void *arg)
	__attribute__((returns_nonnull, warn_unused_result));

/* As fiber_start() and fiber_detach(). */
void fiber_go(struct loop *loop, void (*fn)(void *arg), void *arg);

/* (waits) Until f has ended; then the handle is gone. Cancelling the one who waits does not end the
 * wait: what f uses may be on the waiting stack. */
void fiber_join(struct fiber *f);
void fiber_detach(struct fiber *f); /* the handle is gone; f goes on */
bool fiber_is_done(const struct fiber *f);

struct fiber *fiber_current(void); /* NULL outside any fiber */
struct loop *fiber_loop(const struct fiber *f);

/* (waits) Lets everything else have a turn. */
int fiber_yield(void);
int fiber_sleep_ms(uint64_t ms);

/* (waits) Until fiber_wake(): the way to build other waits. A wake that came since the last park is
 * not lost: the next park returns at once. There may be more wakes than one expects, so
 *     while (!it_happened) if (fiber_park()) return E_CANCEL;
 * The loop is essential: after a cancel every park returns E_CANCEL at once. */
int fiber_park(void) MUST_CHECK;

/* As fiber_park(), but not ended by fiber_cancel(): where somebody else still uses what is on our
 * stack. To be used for waits that surely end. */
void fiber_park_firmly(void);

/* f runs soon: at the end of this turn. From anywhere on the loop's thread; f need not be parked,
 * but must not have been joined, or detached and ended. */
void fiber_wake(struct fiber *f);

/* Asks f to stop: its present wait and all later ones return E_CANCEL. */
void fiber_cancel(struct fiber *f);
bool fiber_is_cancelled(void); /* the current one; for long loops without a wait. false outside */

/* (waits) until one of the events (WATCH_READ, WATCH_WRITE) holds for fd; ret_events may have
 * WATCH_ERROR, and is 0 after timeout_ms (0: no limit). */
int fiber_wait_fd(int fd, unsigned events, uint64_t timeout_ms, unsigned *ret_events) MUST_CHECK;

/* (waits) run(arg) in a thread of the pool (loop_work()). Not ended by a cancel. */
void fiber_work(void (*run)(void *arg), void *arg);

/* fn(p) when the current fiber ends, last registered first, still inside the fiber: may wait.
 * fiber_undefer() takes the latest such pair back without calling it. */
void fiber_defer(void (*fn)(void *p), void *p);
void fiber_undefer(void (*fn)(void *p), void *p);

/* What main() of a command does: starts a fiber and runs the loop until it has ended, whatever
 * loop_stop() says. Others may be left then; loop_free() ends them. */
void loop_run_fiber(struct loop *loop, void (*fn)(void *arg), void *arg);

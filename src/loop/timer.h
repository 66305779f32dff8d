/* timer: calls back after a time, once or again and again.
 *
 * Owner    whoever called timer_new().
 * Failure  none.
 * Threads  the loop's.
 * Units    milliseconds, counted from the start of the turn (loop_now_ms()).
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct loop;
struct timer;

struct timer *timer_new(struct loop *loop, void (*cb)(void *arg), void *arg)
	__attribute__((returns_nonnull));

/* Starts, or starts anew. every_ms 0: once. A callback that comes late does not come twice. */
void timer_start(struct timer *t, uint64_t delay_ms, uint64_t every_ms);
void timer_stop(struct timer *t); /* also when it is not running */
bool timer_is_running(const struct timer *t);

/* A background timer does not keep loop_run() going. */
void timer_background(struct timer *t);

void timer_free(struct timer *t); /* safe in its own callback; NULL is fine */

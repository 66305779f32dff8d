/* fiber_queue: hands pointers from fibers that make something to fibers that use it, no faster than
 * they do.
 *
 * Owner    whoever called fiber_queue_new(), who frees it when no fiber waits in it any more. Items
 *          in the queue belong to the queue's users.
 * Failure  E_CANCEL when the fiber was cancelled, E_ABSENT when the queue is closed.
 * Threads  the loop's.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct fiber_queue;

struct fiber_queue *fiber_queue_new(size_t cap) __attribute__((returns_nonnull)); /* cap >= 1 */
void fiber_queue_free(struct fiber_queue *q); /* items still inside are dropped; NULL is fine */

/* Waits while the queue is full. On failure the item is still the caller's. */
int fiber_queue_put(struct fiber_queue *q, void *item) MUST_CHECK;

/* Outside fibers, and for those who do not want to wait: false when it is full or closed. */
bool fiber_queue_try_put(struct fiber_queue *q, void *item) MUST_CHECK;

/* Waits while the queue is empty. After fiber_queue_close() the rest is still given out, then
 * E_ABSENT. */
int fiber_queue_take(struct fiber_queue *q, void **ret_item) MUST_CHECK;

/* No more items: by the last producer, or by a consumer that gives up (producers then get E_ABSENT
 * and see that it is over). */
void fiber_queue_close(struct fiber_queue *q);

size_t fiber_queue_len(const struct fiber_queue *q);

#include "loop/fiber_queue.h"

#include <assert.h>
#include <stdlib.h>

#include "loop/fiber.h"
#include "loop/loop_local.h"

/* On the stack of the fiber that waits. Leaves the list when it is its turn. */
struct waiter {
	struct fiber *fiber;
	struct waiter *next;
	bool called;
};

struct fiber_queue {
	void **items; /* a ring */
	size_t cap, len, first;
	bool closed;
	struct waiter *producers, *consumers;
};

struct fiber_queue *fiber_queue_new(size_t cap)
{
	struct fiber_queue *q = loop_alloc(sizeof(*q));

	assert(cap >= 1 && cap <= SIZE_MAX / sizeof(*q->items));
	q->cap = cap;
	q->items = loop_alloc(cap * sizeof(*q->items));
	return q;
}

void fiber_queue_free(struct fiber_queue *q)
{
	if (!q)
		return;
	assert(!q->producers && !q->consumers);
	free(q->items);
	free(q);
}

static void call_first(struct waiter **list)
{
	struct waiter *w = *list;

	if (!w)
		return;
	*list = w->next;
	w->called = true;
	fiber_wake(w->fiber);
}

static void leave(struct waiter **list, struct waiter *w)
{
	for (; *list; list = &(*list)->next) {
		if (*list == w) {
			*list = w->next;
			return;
		}
	}
}

/* Until it is this fiber's turn; behind those who wait already. */
static int wait_in(struct waiter **list)
{
	struct waiter w = {.fiber = fiber_current()};
	struct waiter **end = list;

	assert(w.fiber);
	while (*end)
		end = &(*end)->next;
	*end = &w;
	while (!w.called) {
		if (fiber_park()) {
			if (w.called)
				call_first(list); /* the turn that we do not take */
			else
				leave(list, &w);
			return E_CANCEL;
		}
	}
	return 0;
}

static void push(struct fiber_queue *q, void *item)
{
	q->items[(q->first + q->len++) % q->cap] = item;
	call_first(&q->consumers);
}

int fiber_queue_put(struct fiber_queue *q, void *item)
{
	while (!q->closed && q->len == q->cap)
		if (wait_in(&q->producers))
			return E_CANCEL;
	if (q->closed)
		return E_ABSENT;
	push(q, item);
	return 0;
}

bool fiber_queue_try_put(struct fiber_queue *q, void *item)
{
	if (q->closed || q->len == q->cap)
		return false;
	push(q, item);
	return true;
}

int fiber_queue_take(struct fiber_queue *q, void **ret_item)
{
	while (!q->closed && q->len == 0)
		if (wait_in(&q->consumers))
			return E_CANCEL;
	if (q->len == 0)
		return E_ABSENT;
	*ret_item = q->items[q->first];
	q->first = (q->first + 1) % q->cap;
	q->len--;
	call_first(&q->producers);
	return 0;
}

void fiber_queue_close(struct fiber_queue *q)
{
	q->closed = true;
	while (q->producers)
		call_first(&q->producers);
	while (q->consumers)
		call_first(&q->consumers);
}

size_t fiber_queue_len(const struct fiber_queue *q)
{
	return q->len;
}

#include "mod/search/store_gate.h"

#include <assert.h>
#include <stddef.h>

#include "loop/fiber.h"

/* On the stack of the fiber that waits. */
struct search_wait {
	struct search_wait *next;
	struct fiber *fiber;
	bool is_writer, is_over;
};

static void wait_in(struct search_queue *q, bool is_writer)
{
	struct search_wait w = {.fiber = fiber_current(), .is_writer = is_writer};

	assert(w.fiber);
	if (q->last)
		q->last->next = &w;
	else
		q->first = &w;
	q->last = &w;
	q->n++;
	while (!w.is_over)
		fiber_park_firmly();
}

static void let_go(struct search_queue *q)
{
	struct search_wait *w = q->first;

	q->first = w->next;
	if (!q->first)
		q->last = NULL;
	q->n--;
	w->is_over = true;
	fiber_wake(w->fiber);
}

/* What they wait for is theirs before they wake. */
static void let_in(struct search_lock *l)
{
	while (l->queue.first && !l->is_writing) {
		if (l->queue.first->is_writer) {
			if (l->readers)
				return;
			l->is_writing = true;
		} else {
			l->readers++;
		}
		let_go(&l->queue);
	}
}

void search_lock_read(struct search_lock *l)
{
	if (l->is_writing || l->queue.first)
		wait_in(&l->queue, false);
	else
		l->readers++;
}

void search_lock_read_end(struct search_lock *l)
{
	assert(l->readers > 0);
	l->readers--;
	let_in(l);
}

void search_lock_write(struct search_lock *l)
{
	if (l->is_writing || l->readers || l->queue.first)
		wait_in(&l->queue, true);
	else
		l->is_writing = true;
}

void search_lock_write_end(struct search_lock *l)
{
	assert(l->is_writing);
	l->is_writing = false;
	let_in(l);
}

int search_gate_enter(struct search_gate *g, struct err *e)
{
	if (g->inside < g->most) {
		g->inside++;
		return 0;
	}
	if (g->queue.n >= g->waiting_most)
		return err_set(e, E_BUSY, "too many searches at once; please try again");
	wait_in(&g->queue, false);
	return 0;
}

void search_gate_leave(struct search_gate *g)
{
	assert(g->inside > 0);
	if (g->queue.first)
		let_go(&g->queue);
	else
		g->inside--;
}

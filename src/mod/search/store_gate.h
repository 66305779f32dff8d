/* store_gate: who waits for whom in the store: readers and the writer of an index, and searches for a thread.
 *
 * Owner    whoever embeds them; zeroed is ready (a gate needs its numbers).
 * Failure  only a full gate's.
 * Threads  the loop's, in fibers. Waits surely end: whoever holds one computes for milliseconds and gives it back.
 *
 * Both are first come, first served: a writer waits for the readers before it and holds up those behind it, so neither side starves.
 */
#pragma once
#include <stdbool.h>

#include "base/err.h"

struct search_wait;

struct search_queue {
	struct search_wait *first, *last;
	int n;
};

/* Any number of readers, or one writer. */
struct search_lock {
	struct search_queue queue;
	int readers;
	bool is_writing;
};

void search_lock_read(struct search_lock *l); /* (waits) */
void search_lock_read_end(struct search_lock *l);
void search_lock_write(struct search_lock *l); /* (waits) */
void search_lock_write_end(struct search_lock *l);

/* `most` at a time, `waiting_most` behind them. */
struct search_gate {
	struct search_queue queue;
	int most, waiting_most, inside;
};

int search_gate_enter(struct search_gate *g, struct err *e) MUST_CHECK; /* (waits) E_BUSY: full */
void search_gate_leave(struct search_gate *g);

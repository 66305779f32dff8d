/* Changes into the indexes: in a thread, at most two milliseconds at a time, and searches that waited go first in between. */
#include <stdlib.h>

#include "base/clock.h"
#include "loop/fiber.h"
#include "mod/search/store_local.h"

#define AT_A_TIME_US (2 * US_PER_MS)

struct writing {
	struct search_index *ix;
	const struct search_change *changes;
	size_t n, done;
	bool is_alone; /* nobody searches it yet */
	size_t bytes, len;
};

static void write_some(void *arg)
{
	struct writing *w = arg;
	int64_t until = mono_us() + AT_A_TIME_US;

	do {
		const struct search_change *c = &w->changes[w->done++];
		if (c->is_there)
			search_index_put(w->ix, &c->doc);
		else
			search_index_remove(w->ix, c->doc.id);
	} while (w->done < w->n && (w->is_alone || mono_us() < until));
	w->bytes = search_index_bytes(w->ix);
	w->len = search_index_len(w->ix);
}

static void write_one(struct search_held *h, const struct search_change *changes, size_t n)
{
	struct writing w = {.changes = changes, .n = n};

	while (w.done < n) {
		search_lock_write(&h->lock);
		w.ix = h->ix;
		if (w.ix) {
			int64_t began = mono_us();
			fiber_work(write_some, &w);
			h->st->stats.write_us += (uint64_t)(mono_us() - began);
			h->bytes = w.bytes;
			h->len = w.len;
		}
		search_lock_write_end(&h->lock);
		if (!w.ix) /* it made room for the one that is being loaded */
			return;
	}
}

static int by_index(const void *a, const void *b)
{
	const struct search_change *x = a, *y = b;
	uintptr_t p = (uintptr_t)x->held, q = (uintptr_t)y->held;

	if (p != q)
		return p < q ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

void search_follow_write(struct search_store *st, struct search_change *changes, size_t n)
{
	(void)st;
	qsort(changes, n, sizeof *changes, by_index);
	for (size_t from = 0, to; from < n; from = to) {
		for (to = from + 1; to < n && changes[to].held == changes[from].held;)
			to++;
		write_one(changes[from].held, changes + from, to - from);
	}
}

void search_follow_write_next(struct search_store *st, struct search_change *changes, size_t n)
{
	struct search_held *h = changes->held;
	struct writing w = {.ix = h->next, .changes = changes, .n = n, .is_alone = true};

	(void)st;
	fiber_work(write_some, &w);
	h->next_bytes = w.bytes;
}

/* pool: which batch goes to which connection, and back to its owner. The functions of
 * db_local.h. */
#include <assert.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/clock.h"
#include "db/db_local.h"
#include "loop/fiber.h"
#include "loop/loop.h"
#include "loop/timer.h"

#define TICK_MS 100

void pool_start(struct db *db)
{
	if (db->started)
		return;
	db->started = true;
	for (unsigned i = 0; i < db->nbase; i++)
		conn_dial(&db->conns[i]);
}

/* The one with the fewest batches; a stalled one is no choice at all, as whatever is sent to it can
 * only wait there, while in the queue it can still go wherever there is room first. */
static struct conn *least(struct db *db, unsigned from, unsigned to)
{
	struct conn *best = NULL;

	for (unsigned i = from; i < to; i++) {
		struct conn *c = &db->conns[i];
		if (conn_has_room(c) && !conn_is_stalled(c) && (!best || c->n < best->n))
			best = c;
	}
	return best;
}

static void dial_one(struct db *db, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		if (db->conns[i].state == CONN_CLOSED) {
			conn_dial(&db->conns[i]);
			return;
		}
}

static bool is_dialing(const struct db *db, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		if (db->conns[i].state == CONN_DIALING)
			return true;
	return false;
}

/* Nothing of what is queued can go before something slow has ended. */
static bool all_stalled(const struct db *db)
{
	unsigned stalled = 0;

	for (unsigned i = 0; i < db->nshared; i++) {
		const struct conn *c = &db->conns[i];
		if (c->pg && !conn_is_stalled(c))
			return false;
		stalled += c->pg != NULL;
	}
	return stalled > 0;
}

static void wake_base(struct db *db)
{
	for (unsigned i = 0; i < db->nbase; i++)
		if (db->conns[i].is_asleep)
			conn_dial(&db->conns[i]);
}

/* Spare ones only when the others do not do: few connections are faster than many. */
static struct conn *pick_shared(struct db *db)
{
	struct conn *c = least(db, 0, db->nbase);

	if (!c || c->n > 0)
		wake_base(db);
	if (!c)
		c = least(db, db->nbase, db->nshared);
	if (!c && all_stalled(db) && !is_dialing(db, db->nbase, db->nshared))
		dial_one(db, db->nbase, db->nshared);
	return c;
}

static bool has_writer(const struct db *db)
{
	for (unsigned i = db->nshared; i < db->nconns; i++)
		if (db->conns[i].pg)
			return true;
	return false;
}

static struct conn *pick(struct db *db, const struct batch *b)
{
	struct conn *c;

	if (b->read_only || db->nconns == db->nshared)
		return pick_shared(db);
	/* one more for writing, when those there are have something to do already */
	c = least(db, db->nshared, db->nconns);
	if (!c || c->n > 0)
		dial_one(db, db->nshared, db->nconns);
	return c || has_writer(db) ? c : pick_shared(db);
}

static void dispatch_due(void *arg)
{
	struct db *db = arg;

	db->dispatch_due = false;
	if (!db->closed)
		pool_dispatch(db);
}

/* When one connection breaks, the others have often broken too and we shall hear of it in this
 * turn. */
void pool_dispatch_later(struct db *db)
{
	if (!db->dispatch_due)
		loop_later(db->loop, dispatch_due, db);
	db->dispatch_due = true;
}

void pool_dispatch(struct db *db)
{
	/* Who cannot go does not hold up those behind it that can; a connection that breaks puts its
	 * batches in front, for the next dispatch. */
	for (struct batch *b = db->queue.first, *next; b; b = next) {
		struct conn *c = pick(db, b);
		next = b->next;
		if (!c)
			continue;
		batch_list_remove(&db->queue, b);
		conn_send(c, b);
	}
}

static void deliver(void *arg)
{
	struct db *db = arg;

	db->deliver_due = false;
	/* only what is there now: an on_done may submit something that fails at once */
	for (unsigned n = db->answered.n; n > 0 && db->answered.first; n--) {
		struct batch *b = db->answered.first;
		batch_list_remove(&db->answered, b);
		batch_set_state(b, BATCH_DONE);
		b->on_done(b, b->arg);
	}
	if (db->closing)
		db_check_closed(db);
}

static void count(struct db *db, const struct batch *b)
{
	if (b->err.code == E_BUSY && !b->has_db_error) {
		db->stats.batches_busy++;
		return;
	}
	db->stats.batches_done++;
	db->stats.batches_failed += b->err.code != 0;
	db->stats.batch_us += (uint64_t)(mono_us() - b->submitted_us);
}

void pool_answer(struct db *db, struct batch *b)
{
	count(db, b);
	batch_set_state(b, BATCH_ANSWERED);
	batch_list_add(&db->answered, b);
	if (!db->deliver_due)
		loop_later(db->loop, deliver, db);
	db->deliver_due = true;
}

void pool_take_back(struct db *db, struct flight *f, bool connection_lost)
{
	struct batch *b = f->batch;

	if (!b)
		return;
	b->flight = NULL;
	bool harmless = !connection_lost || b->read_only || !f->whole;
	bool hopeless = connection_lost && b->err.code == E_BUG;
	if (harmless && !hopeless && b->again < DB_AGAIN_MAX && !db->closing) {
		b->again++;
		db->stats.batches_again++;
		batch_drop_results(b);
		batch_set_state(b, BATCH_QUEUED);
		batch_list_add_first(&db->queue, b);
		pool_watch_time(db);
		return;
	}
	if (connection_lost)
		err_set(&b->err, E_BUSY,
			harmless ? "the connection to the database was lost"
				 : "the connection to the database was lost; what was asked may or "
				   "may not have been done");
	pool_answer(db, b);
}

void pool_dialled(struct db *db, const char *why, bool hopeless)
{
	db->failed_dials = why ? db->failed_dials + 1 : 0;
	db->stats.dials_failed += why != NULL;
	db->hopeless = hopeless;
	snprintf(db->why, sizeof(db->why), "%s", why ? why : "");
	for (struct db_waiter *w = db->waiters; w; w = w->next)
		fiber_wake(w->fiber);
}

static void give_up_waiting(struct db *db)
{
	int64_t now = loop_now_ms(db->loop);

	while (db->queue.first && now - db->queue.first->queued_ms > (int64_t)db->wait_ms) {
		struct batch *b = db->queue.first;
		batch_list_remove(&db->queue, b);
		err_set(&b->err, E_BUSY, "the database is not there or too busy");
		pool_answer(db, b);
	}
}

static void on_tick(void *arg)
{
	struct db *db = arg;
	bool busy = db->queue.n > 0 || db->closing;

	for (unsigned i = 0; i < db->nconns; i++) {
		conn_cancel_forgotten(&db->conns[i]);
		busy = busy || db->conns[i].n > 0;
	}
	give_up_waiting(db);
	pool_dispatch(db); /* one that was stalled may have become free again */
	if (!busy)
		timer_stop(db->tick);
	if (db->closing)
		db_check_closed(db);
}

void pool_watch_time(struct db *db)
{
	if (!db->tick)
		db->tick = timer_new(db->loop, on_tick, db);
	if (!timer_is_running(db->tick))
		timer_start(db->tick, TICK_MS, TICK_MS);
}

static bool is_full(const struct db *db, const struct batch *b)
{
	const struct batch_list *q = &db->queue;

	/* bytes: a single large batch is fine, a heap of them is not */
	return q->n >= db->queue_max ||
		(q->n > 0 && q->bytes + b->bytes > CONN_UNSENT * db->nconns);
}

int db_submit(struct db *db, struct batch *b, void (*on_done)(struct batch *b, void *arg),
	void *arg)
{
	assert(b->state == BATCH_NEW && b->n > 0);
	if (db->closing || is_full(db, b)) {
		db->stats.batches_busy++;
		return E_BUSY;
	}
	b->db = db;
	b->on_done = on_done;
	b->arg = arg;
	b->submitted_us = mono_us();
	b->queued_ms = loop_now_ms(db->loop);
	if (b->err.code) { /* a parameter that cannot be sent */
		pool_answer(db, b);
		return 0;
	}
	b->results = arena_array(b->arena, (size_t)b->n, sizeof(PGresult *));
	batch_set_state(b, BATCH_QUEUED);
	batch_list_add(&db->queue, b);
	pool_start(db);
	pool_watch_time(db);
	pool_dispatch(db);
	return 0;
}

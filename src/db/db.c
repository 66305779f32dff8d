#include "db/db.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "db/db_local.h"
#include "db/dial.h"
#include "db/listen_local.h"
#include "db/pin.h"
#include "db/url.h"
#include "loop/fiber.h"
#include "loop/loop.h"
#include "loop/timer.h"

static unsigned or_default(unsigned n, unsigned if_zero)
{
	return n ? n : if_zero;
}

struct db *db_open(struct loop *loop, const struct db_options *options, struct err *e)
{
	struct url *url =
		url_parse(options->url, options->app_name ? options->app_name : "plat", e);

	if (!url)
		return NULL;
	struct db *db = calloc(1, sizeof(*db));
	if (!db)
		abort();
	db->loop = loop;
	db->url = url;
	db->framing = options->framing;
	db->wait_ms = or_default(options->wait_ms, 5000);
	db->dial_ms = or_default(options->dial_ms, 5000);
	db->nbase = or_default(options->shared, 2);
	db->nshared = db->nbase + options->spare;
	if (db->nshared > DB_SHARED_MAX)
		db->nshared = DB_SHARED_MAX;
	db->nconns = db->nshared + options->writers;
	assert(db->nbase <= DB_SHARED_MAX && options->writers <= DB_WRITERS_MAX);
	db->queue_max = or_default(options->queue, (DB_PER_CONN - CONN_FLIGHTS) * db->nconns);
	for (unsigned i = 0; i < db->nconns; i++)
		conn_init(&db->conns[i], db);
	db->idle_ms = options->idle_ms;
	db->age_ms = options->age_ms;
	db->pins = pins_new(db, or_default(options->pinned, 4));
	retire_start(db);
	return db;
}

static bool is_drained(const struct db *db)
{
	if (db->queue.n > 0 || db->answered.n > 0)
		return false;
	for (unsigned i = 0; i < db->nconns; i++)
		if (db->conns[i].n > 0)
			return false;
	return true;
}

static void answer_busy(struct db *db, struct batch *b)
{
	err_set(&b->err, E_BUSY, "the program is stopping");
	pool_answer(db, b);
}

/* The time to end is over: everybody is told, and in the next turn the db is drained. */
static void give_up(struct db *db)
{
	while (db->queue.first) {
		struct batch *b = db->queue.first;
		batch_list_remove(&db->queue, b);
		answer_busy(db, b);
	}
	for (unsigned i = 0; i < db->nconns; i++)
		conn_drop_flights(&db->conns[i], answer_busy);
}

void db_check_closed(struct db *db)
{
	if (loop_now_ms(db->loop) > db->close_by_ms)
		give_up(db);
	if (!is_drained(db))
		return;
	db->closing = false; /* so that nothing comes here again */
	db->closed = true;
	for (unsigned i = 0; i < db->nconns; i++)
		conn_done(&db->conns[i]);
	pins_free(db->pins);
	listen_free(db->listening);
	timer_free(db->tick);
	timer_free(db->retire);
	url_free(db->url);
	if (db->closer) {
		db->closer->done = true;
		fiber_wake(db->closer->fiber);
	}
	loop_later_free(db->loop, db);
}

static void wait_closed(struct db *db)
{
	/* not on the stack: db, which points to it, ends before this function does */
	struct db_closer *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	c->fiber = fiber_current();
	db->closer = c;
	while (!c->done)
		fiber_park_firmly();
	free(c);
}

void db_close(struct db *db)
{
	if (!db)
		return;
	assert(!db->closing && !db->waiters);
	db->closing = true;
	db->close_by_ms = loop_now_ms(db->loop) + DB_CLOSE_MS;
	if (is_drained(db)) {
		db_check_closed(db);
		return;
	}
	pool_watch_time(db); /* calls db_check_closed() */
	if (fiber_current())
		wait_closed(db);
}

bool db_is_ready(const struct db *db)
{
	for (unsigned i = 0; i < db->nconns; i++)
		if (conn_has_room(&db->conns[i]) || db->conns[i].is_asleep)
			return !db->closing;
	return false;
}

static void leave(struct db *db, struct db_waiter *w)
{
	for (struct db_waiter **at = &db->waiters; *at; at = &(*at)->next) {
		if (*at == w) {
			*at = w->next;
			return;
		}
	}
}

static void on_wait_over(void *arg)
{
	fiber_wake(arg);
}

static bool is_connected(const struct db *db)
{
	for (unsigned i = 0; i < db->nconns; i++)
		if (db->conns[i].pg)
			return true;
	return false;
}

int db_wait(struct db *db, unsigned timeout_ms, struct err *e)
{
	struct db_waiter w = {.fiber = fiber_current(), .next = db->waiters};
	struct timer *timer = timer_new(db->loop, on_wait_over, w.fiber);
	int64_t give_up_ms = loop_now_ms(db->loop) + timeout_ms;
	int code = 0;

	db->waiters = &w;
	timer_start(timer, timeout_ms, 0);
	pool_start(db);
	while (code == 0 && !is_connected(db)) {
		if (db->failed_dials > 0 && db->hopeless)
			code = err_set(e, E_INPUT, "%s", db->why);
		else if (db->failed_dials > 0 && loop_now_ms(db->loop) >= give_up_ms)
			code = err_set(e, E_BUSY, "%s", db->why);
		else if (fiber_park())
			code = err_set(e, E_CANCEL, "stopped while waiting for the database");
	}
	timer_free(timer);
	leave(db, &w);
	return code;
}

struct running {
	struct fiber *fiber;
	bool done;
};

static void on_run_done(struct batch *b, void *arg)
{
	struct running *r = arg;

	(void)b;
	r->done = true;
	fiber_wake(r->fiber);
}

int db_run(struct db *db, struct batch *b, struct err *e)
{
	struct running r = {.fiber = fiber_current()};

	assert(r.fiber && "db_run() waits: it can only be called in a fiber");
	if (db_submit(db, b, on_run_done, &r))
		return err_set(e, E_BUSY, "the database is too busy");
	while (!r.done) {
		if (fiber_park()) {
			batch_forget(b);
			return err_set(e, E_CANCEL, "stopped while waiting for the database");
		}
	}
	const struct err *why = batch_err(b);
	return why->code ? err_set(e, why->code, "%s", why->msg) : 0;
}

unsigned db_failed_dials(const struct db *db)
{
	return is_connected(db) ? 0 : db->failed_dials;
}

enum db_framing db_framing(const struct db *db)
{
	return db->framing;
}

int db_server_version(const struct db *db)
{
	return db->version;
}

const char *db_name(const struct db *db)
{
	return url_name(db->url);
}

void db_stats(const struct db *db, struct db_stats *ret_stats)
{
	struct db_stats s = db->stats;

	for (unsigned i = 0; i < db->nconns; i++) {
		const struct conn *c = &db->conns[i];
		s.conns_closed += c->state == CONN_CLOSED;
		s.conns_dialing += c->state == CONN_DIALING;
		s.conns_ready += c->state == CONN_READY;
		s.conns_busy += c->state == CONN_BUSY;
		s.in_flight += c->n;
	}
	s.queued = db->queue.n;
	pins_stats(db->pins, &s);
	*ret_stats = s;
}

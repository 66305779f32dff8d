#include "db/conn.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "db/batch_local.h"
#include "db/compat.h"
#include "db/db_local.h"
#include "db/dial.h"
#include "db/frame.h"
#include "loop/loop.h"
#include "loop/timer.h"
#include "loop/watch.h"

static void conn_set_state(struct conn *c, enum conn_state to)
{
	if (c->state == to)
		return;
	assert(conn_state_may(c->state, to));
	log_debug("db.conn", LOG_INT("index", c - c->db->conns),
		LOG_CSTR("from", conn_state_name(c->state)), LOG_CSTR("to", conn_state_name(to)));
	c->state = to;
}

struct flight *conn_head(struct conn *c)
{
	return c->n ? &c->flights[c->first] : NULL;
}

static void pop_flight(struct conn *c)
{
	struct flight *f = conn_head(c);

	if (f->batch)
		f->batch->flight = NULL;
	*f = (struct flight){0};
	c->first = (c->first + 1) % CONN_FLIGHTS;
	c->n--;
	c->head_since_ms = loop_now_ms(c->db->loop);
}

static void redial_later(struct conn *c)
{
	if (!c->db->closing)
		timer_start(c->redial, dial_pause_ms(c->failures), 0);
}

/* The order matters: the watch goes before the socket is closed. */
static void hang_up(struct conn *c)
{
	watch_free(c->watch);
	c->watch = NULL;
	PQfinish(c->pg);
	c->pg = NULL;
	frame_drop_steps(c);
	stmt_cache_clear(c->stmts);
	c->unsent = 0;
	c->is_leaving = false;
	conn_set_state(c, CONN_CLOSED);
}

static void lose(struct conn *c)
{
	hang_up(c);
	c->db->stats.conns_lost++;
	/* from the last to the first: each goes to the front of the queue */
	while (c->n > 0) {
		struct flight *f = &c->flights[(c->first + --c->n) % CONN_FLIGHTS];
		pool_take_back(c->db, f, true);
		*f = (struct flight){0};
	}
	redial_later(c);
	pool_dispatch_later(c->db);
}

void conn_sleep(struct conn *c)
{
	assert(c->pg && c->n == 0);
	hang_up(c);
	c->is_asleep = true;
	c->db->stats.conns_retired++;
}

static void on_leave_due(void *arg)
{
	struct conn *c = arg;

	c->leave_due = false;
	if (!c->pg || !c->is_leaving || c->n > 0)
		return;
	conn_sleep(c);
	conn_dial(c);
}

static void leave_later(struct conn *c)
{
	if (!c->leave_due)
		loop_later(c->db->loop, on_leave_due, c);
	c->leave_due = true;
}

void conn_leave(struct conn *c)
{
	c->is_leaving = true;
	if (c->n == 0)
		leave_later(c);
}

static void end_head(struct conn *c)
{
	struct flight f = *conn_head(c);

	pop_flight(c);
	if (c->n == 0)
		conn_set_state(c, CONN_READY);
	if (c->n == 0 && c->is_leaving)
		leave_later(c);
	if (!f.batch)
		return;
	if (f.again)
		pool_take_back(c->db, &f, false);
	else
		pool_answer(c->db, f.batch);
}

/* What libpq makes of a lost connection is not an answer of PostgreSQL. */
static bool is_made_up(const struct conn *c, const PGresult *pg)
{
	return PQstatus(c->pg) == CONNECTION_BAD && PQresultStatus(pg) == PGRES_FATAL_ERROR &&
		!PQresultErrorField(pg, PG_DIAG_SQLSTATE);
}

/* False: the connection is of no use any more. Ends also when libpq goes on giving errors without
 * anything having come: each pass takes a result or leaves. */
static bool read_results(struct conn *c)
{
	while (!PQisBusy(c->pg)) {
		PGresult *pg = PQgetResult(c->pg);
		if (pg && is_made_up(c, pg)) {
			PQclear(pg);
			return false;
		}
		switch (frame_take(c, pg)) {
		case FRAME_WAIT: return PQstatus(c->pg) != CONNECTION_BAD;
		case FRAME_BROKEN: return false;
		case FRAME_END: end_head(c); break;
		case FRAME_MORE: break;
		}
	}
	return PQstatus(c->pg) != CONNECTION_BAD;
}

static bool flush(struct conn *c)
{
	int left = PQflush(c->pg);

	if (left < 0)
		return false;
	if (left == 0)
		c->unsent = 0;
	/* while something waits, read too: PostgreSQL may be waiting for us to read */
	watch_set(c->watch, left ? WATCH_READ | WATCH_WRITE : WATCH_READ);
	return true;
}

static void on_event(struct watch *w, unsigned events, void *arg)
{
	struct conn *c = arg;
	bool ok = true;

	(void)w;
	if (events & (WATCH_READ | WATCH_ERROR)) {
		ok = PQconsumeInput(c->pg) == 1;
		ok = read_results(c) && ok; /* what had come before the end counts */
	}
	if (ok && !(events & WATCH_ERROR) && flush(c))
		ok = PQstatus(c->pg) != CONNECTION_BAD;
	else
		ok = false;
	if (ok)
		pool_dispatch(c->db);
	else
		lose(c);
}

static void on_flush_due(void *arg)
{
	struct conn *c = arg;

	c->flush_due = false;
	if (!c->pg)
		return;
	if (!flush(c))
		lose(c);
}

static void on_dialled(struct dialled d, void *arg)
{
	struct conn *c = arg;

	c->dial = NULL;
	if (d.pg && PQenterPipelineMode(d.pg) == 1)
		c->watch = watch_new(c->db->loop, PQsocket(d.pg), on_event, c);
	if (!c->watch) {
		PQfinish(d.pg);
		c->failures++;
		conn_set_state(c, CONN_CLOSED);
		pool_dialled(c->db, d.why ? d.why : "the connection cannot be used", d.hopeless);
		redial_later(c);
		return;
	}
	c->pg = d.pg;
	c->failures = 0;
	c->born_ms = c->head_since_ms = loop_now_ms(c->db->loop);
	c->db->version = PQserverVersion(d.pg);
	conn_set_state(c, CONN_READY);
	watch_set(c->watch, WATCH_READ);
	pool_dialled(c->db, NULL, false);
	pool_dispatch(c->db);
}

static void dial_now(void *arg)
{
	struct conn *c = arg;

	conn_set_state(c, CONN_DIALING);
	c->is_asleep = false;
	c->db->stats.dials++;
	c->dial = dial_start(c->db->loop, c->db->url, c->db->dial_ms, on_dialled, c);
}

void conn_dial(struct conn *c)
{
	if (c->state == CONN_CLOSED && !timer_is_running(c->redial))
		dial_now(c);
}

void conn_init(struct conn *c, struct db *db)
{
	*c = (struct conn){.db = db, .stmts = stmt_cache_new()};
	c->redial = timer_new(db->loop, dial_now, c);
}

void conn_done(struct conn *c)
{
	dial_stop(c->dial);
	compat_cancel_forget(c->cancel);
	timer_free(c->redial);
	watch_free(c->watch);
	PQfinish(c->pg);
	c->pg = NULL;
	frame_drop_steps(c);
	stmt_cache_free(c->stmts);
	free(c->steps);
}

void conn_drop_flights(struct conn *c, void (*answer)(struct db *db, struct batch *b))
{
	while (c->n > 0) {
		struct batch *b = conn_head(c)->batch;
		pop_flight(c);
		if (b)
			answer(c->db, b);
	}
}

bool conn_has_room(const struct conn *c)
{
	return c->pg && !c->cancel && !c->is_leaving && c->n < CONN_FLIGHTS &&
		c->unsent < CONN_UNSENT;
}

bool conn_is_stalled(const struct conn *c)
{
	return c->n > 0 && loop_now_ms(c->db->loop) - c->head_since_ms > CONN_STALL_MS;
}

void conn_send(struct conn *c, struct batch *b)
{
	struct flight *f = &c->flights[(c->first + c->n) % CONN_FLIGHTS];

	assert(conn_has_room(c));
	*f = (struct flight){.batch = b, .number = ++c->sent, .read_only = b->read_only};
	b->flight = f;
	batch_set_state(b, BATCH_SENT);
	if (c->n++ == 0)
		c->head_since_ms = loop_now_ms(c->db->loop);
	conn_set_state(c, CONN_BUSY);
	c->unsent += b->bytes;
	c->db->stats.statements += (uint64_t)b->n;
	if (!frame_write(c, f, b)) {
		lose(c);
		return;
	}
	if (!c->flush_due)
		loop_later(c->db->loop, on_flush_due, c);
	c->flush_due = true;
}

static void on_cancelled(void *arg)
{
	struct conn *c = arg;

	c->cancel = NULL;
	pool_dispatch(c->db);
}

void conn_cancel_forgotten(struct conn *c)
{
	struct flight *head = conn_head(c);

	if (!head || head->batch || c->cancel)
		return;
	if (loop_now_ms(c->db->loop) - c->head_since_ms < DB_CANCEL_AFTER_MS)
		return;
	/* The cancel may come late and hit the next one: that one is then sent again. */
	for (unsigned i = 1; i < c->n; i++)
		c->flights[(c->first + i) % CONN_FLIGHTS].maybe_cancelled = true;
	c->db->stats.cancels++;
	c->cancel = compat_cancel(c->db->loop, c->pg, on_cancelled, c);
}

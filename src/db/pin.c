#include "db/pin.h"

#include <assert.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "db/db_local.h"
#include "db/dial.h"
#include "loop/fiber.h"
#include "loop/loop.h"
#include "loop/timer.h"

/* On the stack of a fiber that waits for its turn. */
struct turn {
	struct fiber *fiber;
	struct turn *next;
	bool called;
};

struct pins {
	struct db *db;
	unsigned max, lent, idle_n;
	struct pin *idle;
	struct turn *turns; /* in order of arrival */
};

struct pins *pins_new(struct db *db, unsigned max)
{
	struct pins *p = calloc(1, sizeof(*p));

	if (!p)
		abort();
	p->db = db;
	p->max = max;
	return p;
}

static void destroy(struct pin *pin)
{
	PQfinish(pin->pg);
	stmt_cache_free(pin->stmts);
	free(pin);
}

static struct pin *take_idle(struct pins *p)
{
	struct pin *pin = p->idle;

	if (!pin)
		return NULL;
	p->idle = pin->next;
	p->idle_n--;
	return pin;
}

void pins_free(struct pins *p)
{
	assert(p->lent == 0 && "a session outlives its db");
	for (struct pin *pin; (pin = take_idle(p));)
		destroy(pin);
	free(p);
}

static void call_next(struct pins *p)
{
	struct turn *t = p->turns;

	if (!t)
		return;
	p->turns = t->next;
	t->called = true;
	fiber_wake(t->fiber);
}

static void leave(struct pins *p, struct turn *t)
{
	for (struct turn **at = &p->turns; *at; at = &(*at)->next) {
		if (*at == t) {
			*at = t->next;
			return;
		}
	}
}

static void on_time(void *arg)
{
	fiber_wake(arg);
}

/* A place among the lent ones. When somebody's place is handed to us, `lent` already counts it. */
static int wait_turn(struct pins *p, int64_t until_ms, struct err *e)
{
	struct turn t = {.fiber = fiber_current()};
	struct turn **end = &p->turns;
	struct loop *loop = p->db->loop;
	int code = 0;

	if (p->lent < p->max) {
		p->lent++;
		return 0;
	}
	while (*end)
		end = &(*end)->next;
	*end = &t;
	struct timer *timer = timer_new(loop, on_time, t.fiber);
	timer_start(timer, p->db->wait_ms, 0);
	while (!t.called && code == 0) {
		code = fiber_park();
		if (!t.called && code == 0 && loop_now_ms(loop) >= until_ms)
			code = E_BUSY;
	}
	timer_free(timer);
	if (code == 0)
		return 0;
	if (t.called)
		pins_give(p, NULL, false);
	else
		leave(p, &t);
	if (code == E_CANCEL)
		return err_set(e, E_CANCEL, "stopped while waiting for a database session");
	return err_set(e, E_BUSY, "all %u database sessions are taken", p->max);
}

struct dialling {
	struct fiber *fiber;
	struct dialled how;
	char why[512];
	bool done;
};

static void on_dialled(struct dialled how, void *arg)
{
	struct dialling *d = arg;

	d->how = how;
	d->done = true;
	strncpy(d->why, how.why ? how.why : "", sizeof(d->why) - 1);
	fiber_wake(d->fiber);
}

static int dial_once(struct pins *p, struct dialling *d, struct err *e)
{
	struct db *db = p->db;

	*d = (struct dialling){.fiber = fiber_current()};
	db->stats.dials++;
	struct dial *dial = dial_start(db->loop, db->url, db->dial_ms, on_dialled, d);
	while (!d->done) {
		if (fiber_park() && !d->done) { /* done: the dial ended in the turn of the cancel */
			dial_stop(dial);
			return err_set(e, E_CANCEL, "stopped while connecting to the database");
		}
	}
	db->stats.dials_failed += d->how.pg == NULL;
	return 0;
}

static PGconn *dial_until(struct pins *p, int64_t until_ms, struct err *e)
{
	struct dialling d;

	for (unsigned tries = 0;; tries++) {
		if (dial_once(p, &d, e))
			return NULL;
		if (d.how.pg) {
			p->db->version = PQserverVersion(d.how.pg);
			return d.how.pg;
		}
		if (d.how.hopeless || loop_now_ms(p->db->loop) >= until_ms) {
			err_set(e, d.how.hopeless ? E_INPUT : E_BUSY, "%s", d.why);
			return NULL;
		}
		if (fiber_sleep_ms(dial_pause_ms(tries))) {
			err_set(e, E_CANCEL, "stopped while connecting to the database");
			return NULL;
		}
	}
}

/* Nobody has looked at it since it was given back: the server may have said good-bye and closed
 * it. */
static bool is_alive(struct pin *pin)
{
	struct pollfd fd = {.fd = PQsocket(pin->pg), .events = POLLIN};

	while (poll(&fd, 1, 0) > 0)
		if (PQconsumeInput(pin->pg) != 1 || PQisBusy(pin->pg))
			return false;
	return PQstatus(pin->pg) == CONNECTION_OK;
}

struct pin *pins_take(struct pins *p, struct err *e)
{
	int64_t until_ms = loop_now_ms(p->db->loop) + p->db->wait_ms;

	assert(fiber_current() && "a session is opened in a fiber");
	if (wait_turn(p, until_ms, e))
		return NULL;
	for (struct pin *pin; (pin = take_idle(p)); destroy(pin))
		if (is_alive(pin))
			return pin;
	PGconn *pg = dial_until(p, until_ms, e);
	if (!pg) {
		pins_give(p, NULL, false);
		return NULL;
	}
	struct pin *pin = calloc(1, sizeof(*pin));
	if (!pin)
		abort();
	*pin = (struct pin){.pg = pg,
		.stmts = stmt_cache_new(),
		.born_ms = loop_now_ms(p->db->loop)};
	return pin;
}

void pins_give(struct pins *p, struct pin *pin, bool clean)
{
	if (pin && clean) {
		pin->idle_since_ms = loop_now_ms(p->db->loop);
		pin->next = p->idle;
		p->idle = pin;
		p->idle_n++;
	} else if (pin) {
		destroy(pin);
	}
	if (p->turns)
		call_next(p); /* the place goes from hand to hand */
	else
		p->lent--;
}

void pins_retire(struct pins *p)
{
	for (struct pin **at = &p->idle; *at;) {
		struct pin *pin = *at;
		if (!retire_is_due(p->db, pin->born_ms, pin->idle_since_ms)) {
			at = &pin->next;
			continue;
		}
		*at = pin->next;
		p->idle_n--;
		p->db->stats.conns_retired++;
		destroy(pin);
	}
}

void pins_stats(const struct pins *p, struct db_stats *stats)
{
	stats->pinned_lent = p->lent;
	stats->pinned_idle = p->idle_n;
	for (const struct turn *t = p->turns; t; t = t->next)
		stats->pinned_waiting++;
}

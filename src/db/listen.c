#include "db/listen.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "db/db_local.h"
#include "db/dial.h"
#include "db/listen_local.h"
#include "loop/loop.h"
#include "loop/timer.h"
#include "loop/watch.h"

/* One statement at a time: LISTEN for the first listener that has not been asked for yet. */
enum listener_state {
	LISTENER_NEW,
	LISTENER_ASKED, /* its LISTEN is on its way */
	LISTENER_LIVE,
};

struct listener {
	struct listening *home;
	enum listener_state state;
	bool gone; /* db_unlisten() was called in the middle of a delivery */
	listen_fn *cb;
	void *arg;
	struct listener *next;
	char channel[64];
};

struct listening {
	struct db *db;
	PGconn *pg;
	struct dial *dial;
	struct watch *watch;
	struct timer *redial;
	unsigned failures, delivering;
	bool asking; /* an answer to a LISTEN is to come */
	struct listener *first;
};

static void dial_now(void *arg);

static void lose(struct listening *l)
{
	watch_free(l->watch);
	l->watch = NULL;
	PQfinish(l->pg);
	l->pg = NULL;
	l->asking = false;
	for (struct listener *x = l->first; x; x = x->next)
		x->state = LISTENER_NEW;
	l->db->stats.conns_lost++;
	timer_start(l->redial, dial_pause_ms(l->failures++), 0);
}

/* What was freed during a delivery is really removed after it. */
static void sweep(struct listening *l)
{
	for (struct listener **at = &l->first; *at;) {
		struct listener *x = *at;
		if (!x->gone) {
			at = &x->next;
			continue;
		}
		*at = x->next;
		loop_later_free(l->db->loop, x);
	}
}

static void tell(struct listening *l, const char *channel, struct str payload, bool only_asked)
{
	l->delivering++;
	for (struct listener *x = l->first; x; x = x->next) {
		if (x->gone || x->state == LISTENER_NEW || strcmp(x->channel, channel) != 0)
			continue;
		if (only_asked != (x->state == LISTENER_ASKED))
			continue;
		x->state = LISTENER_LIVE;
		x->cb(channel, payload, x->arg);
	}
	if (--l->delivering == 0)
		sweep(l);
}

static bool ask_next(struct listening *l)
{
	if (l->asking)
		return true;
	struct listener *x = l->first;
	while (x && x->state != LISTENER_NEW)
		x = x->next;
	if (!x)
		return true;
	char sql[160];
	char *quoted = PQescapeIdentifier(l->pg, x->channel, strlen(x->channel));
	if (!quoted)
		return false;
	snprintf(sql, sizeof(sql), "listen %s", quoted);
	PQfreemem(quoted);
	/* all listeners of this channel are served by the one LISTEN */
	for (struct listener *y = x; y; y = y->next)
		if (y->state == LISTENER_NEW && strcmp(y->channel, x->channel) == 0)
			y->state = LISTENER_ASKED;
	l->asking = true;
	return PQsendQuery(l->pg, sql) == 1;
}

/* The answer to a LISTEN: from now on nothing is missed. */
static void tell_asked(struct listening *l)
{
	struct listener *x = l->first;

	while (x && x->state != LISTENER_ASKED)
		x = x->next;
	if (!x)
		return;
	char channel[64];
	memcpy(channel, x->channel, sizeof(channel));
	tell(l, channel, STR_NULL, true);
}

static bool read_answers(struct listening *l)
{
	while (l->asking && !PQisBusy(l->pg)) {
		PGresult *pg = PQgetResult(l->pg);
		bool failed = pg && PQresultStatus(pg) != PGRES_COMMAND_OK;
		PQclear(pg);
		if (failed)
			return false;
		if (pg)
			continue;
		l->asking = false;
		tell_asked(l);
	}
	return true;
}

static void read_notifications(struct listening *l)
{
	PGnotify *n;

	while (l->pg && (n = PQnotifies(l->pg))) {
		tell(l, n->relname, str_of(n->extra), false);
		PQfreemem(n);
	}
}

static bool send_more(struct listening *l)
{
	if (!ask_next(l))
		return false;
	int left = PQflush(l->pg);
	watch_set(l->watch, left ? WATCH_READ | WATCH_WRITE : WATCH_READ);
	return left >= 0 && PQstatus(l->pg) != CONNECTION_BAD;
}

/* A callback may end everything, l included: its memory is there until the end of the turn, pg is
 * not. */
static void on_event(struct watch *w, unsigned events, void *arg)
{
	struct listening *l = arg;
	bool ok = true;

	(void)w;
	if (events != WATCH_WRITE) {
		ok = PQconsumeInput(l->pg) == 1 && !(events & WATCH_ERROR);
		(void)PQisBusy(l->pg); /* parses what has come, also when nothing was asked */
		ok = read_answers(l) && ok;
		read_notifications(l);
	}
	if (l->pg && (!ok || !send_more(l)))
		lose(l);
}

static void on_dialled(struct dialled d, void *arg)
{
	struct listening *l = arg;

	l->dial = NULL;
	if (d.pg)
		l->watch = watch_new(l->db->loop, PQsocket(d.pg), on_event, l);
	if (!l->watch) {
		PQfinish(d.pg);
		l->db->stats.dials_failed++;
		timer_start(l->redial, dial_pause_ms(l->failures++), 0);
		return;
	}
	l->pg = d.pg;
	l->failures = 0;
	watch_set(l->watch, WATCH_READ | WATCH_WRITE); /* on_event() asks */
}

static void dial_now(void *arg)
{
	struct listening *l = arg;

	l->db->stats.dials++;
	l->dial = dial_start(l->db->loop, l->db->url, l->db->dial_ms, on_dialled, l);
}

static struct listening *start(struct db *db)
{
	struct listening *l = calloc(1, sizeof(*l));

	if (!l)
		abort();
	l->db = db;
	l->redial = timer_new(db->loop, dial_now, l);
	dial_now(l);
	return l;
}

struct listener *db_listen(struct db *db, const char *channel, listen_fn *cb, void *arg)
{
	struct listener *x = calloc(1, sizeof(*x));

	assert(strlen(channel) < sizeof(x->channel));
	if (!x)
		abort();
	if (!db->listening)
		db->listening = start(db);
	struct listening *l = db->listening;
	*x = (struct listener){.home = l, .cb = cb, .arg = arg, .next = l->first};
	memcpy(x->channel, channel, strlen(channel));
	l->first = x;
	if (l->pg)
		watch_set(l->watch, WATCH_READ | WATCH_WRITE);
	return x;
}

void db_unlisten(struct listener *x)
{
	if (!x)
		return;
	x->gone = true;
	if (!x->home->delivering)
		sweep(x->home);
}

void listen_free(struct listening *l)
{
	if (!l)
		return;
	assert(!l->first && "a listener outlives its db");
	dial_stop(l->dial);
	timer_free(l->redial);
	watch_free(l->watch);
	PQfinish(l->pg);
	l->pg = NULL;
	l->asking = false;
	loop_later_free(l->db->loop, l);
}

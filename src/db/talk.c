#include "db/session_local.h"

#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "db/compat.h"
#include "db/db_local.h"
#include "db/result_local.h"
#include "db/sqlstate.h"
#include "loop/fiber.h"
#include "loop/watch.h"

int talk_start(struct session *s, struct err *e)
{
	s->has_error = false;
	if (s->broken)
		return err_set(e, E_BUSY, "this database session was lost");
	return 0;
}

int talk_lost(struct session *s, struct err *e)
{
	if (!s->broken)
		s->db->stats.conns_lost++;
	s->broken = true;
	return err_set(e, E_BUSY, "the connection to the database was lost");
}

/* Without a caller the statements are the program's own, and PostgreSQL's words help whoever reads
 * them. */
int talk_failed(struct session *s, const PGresult *pg, struct err *e)
{
	arena_reset(s->words);
	result_error(pg, s->words, &s->error);
	s->has_error = true;
	log_debug("db.error", LOG_CSTR("sqlstate", s->error.sqlstate),
		LOG_CSTR("message", s->error.message), LOG_CSTR("context", s->error.context));
	if (s->has_caller || sqlstate_is_ours(s->error.sqlstate))
		return sqlstate_err(e, &s->error);
	return err_set(e, sqlstate_code(s->error.sqlstate), "%s%s%s", s->error.message,
		s->error.detail[0] ? ": " : "", s->error.detail);
}

/* The fiber was told to stop in the middle of a statement: PostgreSQL is told too, and the
 * connection is given up, as waiting for an answer is just what may not be done any more. */
static int stop(struct session *s, struct err *e)
{
	s->broken = true;
	s->db->stats.cancels++;
	compat_cancel(s->db->loop, s->pin->pg, NULL, NULL);
	return err_set(e, E_CANCEL, "stopped while the database was at work");
}

int talk_wait(struct session *s, unsigned mask, struct err *e)
{
	s->events = 0;
	s->waiting = true;
	watch_set(s->watch, mask);
	int stopped = 0;
	while (s->events == 0 && !stopped)
		stopped = fiber_park();
	s->waiting = false;
	if (stopped)
		return stop(s, e);
	if (s->events == WATCH_WRITE)
		return 0;
	bool ok = PQconsumeInput(s->pin->pg) == 1;
	/* after a failure what came before it is still to be had; PQisBusy() is false then */
	return ok || !PQisBusy(s->pin->pg) ? 0 : talk_lost(s, e);
}

int talk_flush(struct session *s, struct err *e)
{
	for (;;) {
		int left = PQflush(s->pin->pg);
		if (left < 0 || PQstatus(s->pin->pg) == CONNECTION_BAD)
			return talk_lost(s, e);
		if (left == 0) {
			s->unsent = 0;
			return 0;
		}
		int code = talk_wait(s, WATCH_READ | WATCH_WRITE, e);
		if (code)
			return code;
	}
}

int talk_next(struct session *s, PGresult **ret_pg, struct err *e)
{
	int code = 0;

	while (code == 0 && PQisBusy(s->pin->pg)) {
		int left = PQflush(s->pin->pg);
		code = talk_wait(s, left > 0 ? WATCH_READ | WATCH_WRITE : WATCH_READ, e);
	}
	if (code)
		return code;
	PGresult *pg = PQgetResult(s->pin->pg);
	if (PQstatus(s->pin->pg) == CONNECTION_BAD &&
		(!pg || !PQresultErrorField(pg, PG_DIAG_SQLSTATE))) {
		PQclear(pg);
		return talk_lost(s, e);
	}
	*ret_pg = pg;
	return 0;
}

static bool is_failure(const PGresult *pg)
{
	ExecStatusType status = PQresultStatus(pg);

	return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE ||
		status == PGRES_NONFATAL_ERROR;
}

/* COPY where none is expected: the conversation cannot be brought to an end by reading. */
static bool is_copy(const PGresult *pg)
{
	ExecStatusType status = PQresultStatus(pg);

	return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

int talk_end(struct session *s, PGresult **ret_pg, struct err *e)
{
	PGresult *last = NULL, *pg;
	int code = 0;

	for (;;) {
		int lost = talk_next(s, &pg, e);
		if (lost || !pg) {
			code = lost ? lost : code;
			break;
		}
		if (is_failure(pg))
			code = talk_failed(s, pg, e);
		if (is_copy(pg)) {
			s->broken = true;
			code = err_set(e, E_BUG, "COPY is for session_copy_in() and _out()");
			PQclear(pg);
			break;
		}
		PQclear(last);
		last = pg;
	}
	if (code == 0 && ret_pg)
		*ret_pg = last;
	else
		PQclear(last);
	return code;
}

int talk_simple(struct session *s, const char *sql, struct err *e)
{
	if (PQsendQuery(s->pin->pg, sql) != 1)
		return talk_lost(s, e);
	return talk_end(s, NULL, e);
}

static void on_cancelled(void *arg)
{
	struct session *s = arg;

	s->cancelled = true;
	fiber_wake(s->fiber);
}

void talk_cancel(struct session *s)
{
	s->cancelled = false;
	s->db->stats.cancels++;
	compat_cancel(s->db->loop, s->pin->pg, on_cancelled, s);
	while (!s->cancelled)
		fiber_park_firmly();
}

/* COPY over a session: rows in and out in flat memory. */
#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "db/session_local.h"
#include "loop/watch.h"

#define PIECE ((size_t)65536) /* what libpq may hold back before we wait for the socket */

/* Sends the statement; PostgreSQL must answer with `wanted`. */
static int start(struct session *s, const char *sql, ExecStatusType wanted, struct err *e)
{
	PGresult *pg = NULL;

	if (PQsendQuery(s->pin->pg, sql) != 1)
		return talk_lost(s, e);
	int code = talk_next(s, &pg, e);
	if (code)
		return code;
	ExecStatusType status = PQresultStatus(pg);
	if (status == wanted) {
		PQclear(pg);
		return 0;
	}
	if (status == PGRES_FATAL_ERROR)
		code = talk_failed(s, pg, e);
	PQclear(pg);
	int rest = talk_end(s, NULL, NULL);
	if (code)
		return code;
	(void)rest;
	return err_set(e, E_BUG, "this statement is not the COPY it should be: %.60s", sql);
}

int session_copy_in_start(struct session *s, const char *sql, struct err *e)
{
	bool begun = false;
	int code = talk_start(s, e);

	assert(s->copy == SESSION_COPY_NONE);
	if (code == 0)
		code = session_wrap(s, &begun, e);
	if (code)
		return code;
	code = start(s, sql, PGRES_COPY_IN, e);
	if (code)
		return session_unwrap(s, begun, code, e);
	s->copy = SESSION_COPY_IN;
	s->copy_begun = begun;
	s->unsent = 0;
	return 0;
}

int session_copy_in_put(struct session *s, const void *p, size_t len, struct err *e)
{
	const char *at = p;

	assert(s->copy == SESSION_COPY_IN);
	if (s->broken)
		return talk_start(s, e);
	while (len > 0) {
		size_t n = len < PIECE ? len : PIECE;
		int taken = PQputCopyData(s->pin->pg, at, (int)n);
		if (taken < 0)
			return talk_lost(s, e);
		if (taken > 0) {
			at += n;
			len -= n;
			s->unsent += n;
		}
		if (taken > 0 && s->unsent < PIECE)
			continue;
		int code = talk_flush(s, e);
		if (code)
			return code;
	}
	return 0;
}

/* why NULL: that was all. */
static int send_end(struct session *s, const char *why, struct err *e)
{
	for (;;) {
		int taken = PQputCopyEnd(s->pin->pg, why);
		if (taken < 0)
			return talk_lost(s, e);
		int code = talk_flush(s, e);
		if (code || taken > 0)
			return code;
	}
}

static int end_copy_in(struct session *s, const char *why, PGresult **ret_pg, struct err *e)
{
	s->copy = SESSION_COPY_NONE;
	int code = s->broken ? talk_start(s, e) : send_end(s, why, e);
	if (code == 0)
		code = talk_end(s, ret_pg, e);
	return session_unwrap(s, s->copy_begun, code, e);
}

int session_copy_in_end(struct session *s, int64_t *ret_rows, struct err *e)
{
	PGresult *pg = NULL;

	assert(s->copy == SESSION_COPY_IN);
	int code = end_copy_in(s, NULL, &pg, e);
	if (code == 0 && ret_rows)
		*ret_rows = strtoll(PQcmdTuples(pg), NULL, 10);
	PQclear(pg);
	return code;
}

void session_copy_in_abort(struct session *s)
{
	if (s->copy != SESSION_COPY_IN)
		return; /* its end() has failed and thereby ended it */
	(void)end_copy_in(s, "given up", NULL, NULL);
	s->has_error = false; /* it was asked for */
}

typedef int data_fn(struct str row, void *arg, struct err *e);

static int read_copy(struct session *s, data_fn *on_data, void *arg, struct err *e)
{
	int code = 0;

	for (;;) {
		char *row = NULL;
		int len = PQgetCopyData(s->pin->pg, &row, 1);
		if (len > 0) {
			if (code == 0) {
				code = on_data(str_from(row, (size_t)len), arg, e);
				if (code)
					talk_cancel(s);
			}
			PQfreemem(row);
		} else if (len == 0) {
			int lost = talk_wait(s, WATCH_READ, e);
			if (lost)
				return lost;
		} else {
			/* the end, or a failure: the result says which */
			int rest = talk_end(s, NULL, code ? NULL : e);
			return code ? code : rest;
		}
	}
}

int session_copy_out(struct session *s, const char *sql, data_fn *on_data, void *arg, struct err *e)
{
	bool begun = false;
	int code = talk_start(s, e);

	assert(s->copy == SESSION_COPY_NONE);
	if (code == 0)
		code = session_wrap(s, &begun, e);
	if (code)
		return code;
	code = start(s, sql, PGRES_COPY_OUT, e);
	if (code == 0)
		code = read_copy(s, on_data, arg, e);
	return session_unwrap(s, begun, code, e);
}

#include "db/session.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "db/db_local.h"
#include "db/result_local.h"
#include "db/session_local.h"
#include "loop/fiber.h"
#include "loop/watch.h"

static void on_event(struct watch *w, unsigned events, void *arg)
{
	struct session *s = arg;

	if (!s->waiting) {
		/* a notice, or the end: seen when the fiber asks next. While it waits the mask stays,
		 * which saves two system calls a statement. */
		watch_set(w, 0);
		return;
	}
	s->events |= events;
	fiber_wake(s->fiber);
}

static void on_fiber_end(void *p)
{
	session_close(p);
}

struct session *session_open(struct db *db, const struct db_caller *caller, struct err *e)
{
	struct pin *pin = pins_take(db->pins, e);

	if (!pin)
		return NULL;
	struct arena *home = arena_new();
	struct session *s = ARENA_NEW(home, struct session);
	*s = (struct session){.db = db,
		.pin = pin,
		.fiber = fiber_current(),
		.home = home,
		.words = arena_new(),
		.has_caller = caller != NULL};
	s->watch = watch_new(db->loop, PQsocket(pin->pg), on_event, s);
	fiber_defer(on_fiber_end, s);
	int code = s->watch ? 0 : talk_lost(s, e);
	if (code == 0 && caller)
		code = params_of_caller(home, caller, &s->caller, e);
	if (code) {
		session_close(s);
		return NULL;
	}
	return s;
}

/* Whether the next borrower gets a connection without any trace of this one. */
static bool wipe(struct session *s)
{
	if (s->broken || fiber_is_cancelled())
		return false;
	if (s->copy != SESSION_COPY_NONE)
		session_copy_in_abort(s);
	if (session_rollback(s, NULL) || talk_simple(s, "discard all", NULL))
		return false;
	stmt_cache_clear(s->pin->stmts);
	return true;
}

void session_close(struct session *s)
{
	if (!s)
		return;
	assert(s->fiber == fiber_current() && "a session is used by the fiber that opened it");
	bool clean = wipe(s);
	fiber_undefer(on_fiber_end, s);
	watch_free(s->watch); /* before the socket may be closed */
	pins_give(s->db->pins, s->pin, clean);
	arena_free(s->words);
	arena_free(s->home);
}

bool session_in_transaction(const struct session *s)
{
	PGTransactionStatusType status = PQtransactionStatus(s->pin->pg);

	return status != PQTRANS_IDLE && status != PQTRANS_UNKNOWN;
}

static int send_params(struct session *s, const char *sql, const struct params *p, struct err *e)
{
	if (PQsendQueryParams(s->pin->pg, sql, p->n, p->types, p->values, p->lengths, p->formats,
		    0) != 1)
		return talk_lost(s, e);
	return 0;
}

static void undo(struct session *s)
{
	if (!s->broken && talk_simple(s, "rollback", NULL))
		s->broken = true;
}

static int begin(struct session *s, struct err *e)
{
	int code = talk_simple(s, "begin", e);

	if (code || !s->has_caller)
		return code;
	code = send_params(s, frame_preamble(s->db->framing)->sql, &s->caller, e);
	if (code == 0)
		code = talk_end(s, NULL, e);
	if (code)
		undo(s);
	return code;
}

int session_begin(struct session *s, struct err *e)
{
	int code = talk_start(s, e);

	if (code)
		return code;
	if (session_in_transaction(s))
		return err_set(e, E_BUG, "there is a transaction already");
	return begin(s, e);
}

static int commit(struct session *s, struct err *e)
{
	PGresult *pg = NULL;

	if (PQsendQuery(s->pin->pg, "commit") != 1)
		return talk_lost(s, e);
	int code = talk_end(s, &pg, e);
	if (code)
		return code;
	bool undone = strcmp(PQcmdStatus(pg), "ROLLBACK") == 0;
	PQclear(pg);
	return undone ? err_set(e, E_CONFLICT, "the transaction had failed and was rolled back")
		      : 0;
}

int session_commit(struct session *s, struct err *e)
{
	int code = talk_start(s, e);

	if (code)
		return code;
	if (!session_in_transaction(s))
		return err_set(e, E_BUG, "there is no transaction");
	return commit(s, e);
}

int session_rollback(struct session *s, struct err *e)
{
	if (s->broken)
		return 0; /* the server has done it */
	return session_in_transaction(s) ? talk_simple(s, "rollback", e) : 0;
}

int session_wrap(struct session *s, bool *ret_begun, struct err *e)
{
	*ret_begun = false;
	if (!s->has_caller || session_in_transaction(s))
		return 0;
	*ret_begun = true;
	return begin(s, e);
}

int session_unwrap(struct session *s, bool begun, int code, struct err *e)
{
	if (!begun || s->broken)
		return code;
	if (code == 0)
		return commit(s, e);
	undo(s);
	return code;
}

static int drop_stmt(struct session *s, const char *name, struct err *e)
{
	char sql[STMT_NAME_MAX + 32];

	snprintf(sql, sizeof(sql), "deallocate \"%s\"", name);
	return talk_simple(s, sql, e);
}

static int send_prepared(struct session *s, const struct stmt *stmt, const struct params *p,
	struct err *e)
{
	char evicted[STMT_NAME_MAX];
	struct stmt_entry *entry = stmt_cache_use(s->pin->stmts, stmt->name, evicted);
	PGconn *pg = s->pin->pg;
	int code = evicted[0] ? drop_stmt(s, evicted, e) : 0;

	if (code == 0 && entry->state == STMT_NEW) {
		if (PQsendPrepare(pg, stmt->name, stmt->sql, p->n, p->types) != 1)
			return talk_lost(s, e);
		code = talk_end(s, NULL, e);
		if (code == 0) {
			stmt_entry_set(entry, STMT_ASKED);
			stmt_entry_set(entry, STMT_READY);
		}
	}
	if (code)
		return code;
	if (PQsendQueryPrepared(pg, stmt->name, p->n, p->values, p->lengths, p->formats, 0) != 1)
		return talk_lost(s, e);
	return 0;
}

static void clear_result(void *p)
{
	PQclear(p);
}

static int exec(struct session *s, struct arena *a, struct item item, int n,
	const struct db_param *params, struct result **ret_result, struct err *e)
{
	bool begun = false;
	PGresult *pg = NULL;
	int code = talk_start(s, e);

	assert(s->copy == SESSION_COPY_NONE);
	if (code == 0)
		code = session_wrap(s, &begun, e);
	if (code)
		return code;
	code = params_copy(s->words, n, params, &item.params, e);
	if (code == 0)
		code = item.stmt ? send_prepared(s, item.stmt, &item.params, e)
				 : send_params(s, item.sql, &item.params, e);
	if (code == 0)
		code = talk_end(s, &pg, e);
	code = session_unwrap(s, begun, code, e);
	if (code == 0 && ret_result) {
		arena_defer(a, clear_result, pg);
		*ret_result = result_of(pg);
	} else {
		PQclear(pg);
	}
	return code;
}

int session_exec(struct session *s, struct arena *a, const char *sql, int n,
	const struct db_param *params, struct result **ret_result, struct err *e)
{
	return exec(s, a, (struct item){.sql = sql}, n, params, ret_result, e);
}

int session_exec_prepared(struct session *s, struct arena *a, const struct stmt *stmt, int n,
	const struct db_param *params, struct result **ret_result, struct err *e)
{
	return exec(s, a, (struct item){.stmt = stmt}, n, params, ret_result, e);
}

typedef int row_fn(const struct result *row, void *arg, struct err *e);

/* Once on_row has failed the rest is only read away. */
static int read_rows(struct session *s, row_fn *on_row, void *arg, struct err *e)
{
	PGresult *pg = NULL;
	int code = 0;

	for (;;) {
		int lost = talk_next(s, &pg, e);
		if (lost || !pg)
			return lost ? lost : code;
		ExecStatusType status = PQresultStatus(pg);
		if (status == PGRES_SINGLE_TUPLE && code == 0) {
			code = on_row(result_of(pg), arg, e);
			if (code)
				talk_cancel(s);
		} else if (status == PGRES_FATAL_ERROR && code == 0) {
			code = talk_failed(s, pg, e);
		}
		PQclear(pg);
	}
}

int session_each(struct session *s, const char *sql, int n, const struct db_param *params,
	row_fn *on_row, void *arg, struct err *e)
{
	struct params p;
	bool begun = false;
	int code = talk_start(s, e);

	if (code == 0)
		code = session_wrap(s, &begun, e);
	if (code)
		return code;
	code = params_copy(s->words, n, params, &p, e);
	if (code == 0)
		code = send_params(s, sql, &p, e);
	if (code == 0 && PQsetSingleRowMode(s->pin->pg) != 1)
		code = talk_lost(s, e);
	if (code == 0)
		code = read_rows(s, on_row, arg, e);
	return session_unwrap(s, begun, code, e);
}

/* The line of a position, which PostgreSQL counts in characters from 1. */
static int line_of(struct str text, int position)
{
	int line = 1;

	for (size_t i = 0; i < text.len && position > 1; i++) {
		line += text.p[i] == '\n';
		position -= ((unsigned char)text.p[i] & 0xc0) != 0x80;
	}
	return line;
}

int session_exec_script(struct session *s, struct str text, struct err *e)
{
	int code = talk_start(s, e);

	assert(!s->has_caller && s->copy == SESSION_COPY_NONE);
	if (code)
		return code;
	code = talk_simple(s, str_cstr(s->words, text), e);
	if (code && s->has_error && s->error.position > 0)
		err_prefix(e, "line %d", line_of(text, s->error.position));
	return code;
}

const struct db_error *session_db_error(const struct session *s)
{
	return s->has_error ? &s->error : NULL;
}

int session_pid(const struct session *s)
{
	return PQbackendPID(s->pin->pg);
}

/* session: a connection that belongs to one fiber for a while.
 *
 *     struct session *s = session_open(db, NULL, e);
 *     if (!s) return e->code;
 *     int code = session_begin(s, e);
 *     if (code == 0) code = session_exec(s, a, "...", 1, params, &r, e);
 *     if (code == 0) code = session_commit(s, e);
 *     session_close(s);
 *
 * For what a batch cannot do: transactions of several steps with thought in between, COPY, scripts,
 * commands that commit by themselves, advisory locks, long reads row by row.
 *
 * Owner    the fiber that opened it, and only that one uses it. session_close() gives it back; when
 *          the fiber ends it is closed in any case, an open transaction being rolled back.
 * Failure  an E_* with words in e; session_db_error() has PostgreSQL's own. Without a caller the
 *          words in e are PostgreSQL's too; with one they may be shown to that caller. Within a
 *          transaction a failed statement leaves only session_rollback() (or session_close()), as
 *          in PostgreSQL. When the connection is lost, or the fiber is cancelled in a wait
 *          (E_CANCEL; the statement is cancelled on the server too), the session is broken:
 *          everything but session_close() and session_rollback() returns E_BUSY.
 * Threads  all functions but session_pid() and session_db_error() wait: only inside a fiber.
 * Units    bytes; one statement has no time limit but statement_timeout.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "db/db.h"

struct arena;
struct result;
struct session;

/* Waits for one of db_options.pinned. With a caller, every transaction begins with the preamble,
 * also the implicit one of a lone session_exec(); without one it has the rights of the login role.
 * NULL: E_BUSY when none got free or PostgreSQL could not be reached in time, E_CANCEL; as
 * db_wait() otherwise. A fiber that opens a second session while holding one may wait for
 * itself. */
struct session *session_open(struct db *db, const struct db_caller *caller,
	struct err *e) MUST_CHECK;

/* Rolls back, wipes the session's state (DISCARD ALL) and gives the connection back. NULL is
 * fine. */
void session_close(struct session *s);

/* One statement. ret_result may be NULL; the result lives in a. */
int session_exec(struct session *s, struct arena *a, const char *sql, int n,
	const struct db_param *params, struct result **ret_result, struct err *e) MUST_CHECK;

/* As session_exec(); the connection keeps it prepared until session_close(). */
int session_exec_prepared(struct session *s, struct arena *a, const struct stmt *stmt, int n,
	const struct db_param *params, struct result **ret_result, struct err *e) MUST_CHECK;

/* Any number of rows in flat memory: on_row for each, with a result of exactly one row that is gone
 * after the call. on_row may wait (not on this session); a code other than 0 ends it and is
 * returned. */
int session_each(struct session *s, const char *sql, int n, const struct db_param *params,
	int (*on_row)(const struct result *row, void *arg, struct err *e), void *arg,
	struct err *e) MUST_CHECK;

/* Statements separated by semicolons, without parameters and without results: migrations. Outside a
 * transaction of ours they are one transaction by themselves, unless they say otherwise. A failure
 * has the line of the script in its words ("line 12: ..."): scripts are ours, so the message of
 * PostgreSQL is in e. Not with a caller. */
int session_exec_script(struct session *s, struct str text, struct err *e) MUST_CHECK;

int session_begin(struct session *s, struct err *e) MUST_CHECK;
int session_commit(struct session *s,
	struct err *e) MUST_CHECK;                      /* E_CONFLICT when it rolled back */
int session_rollback(struct session *s, struct err *e); /* fine without a transaction */
bool session_in_transaction(const struct session *s);

/* COPY ... FROM STDIN. put() waits when PostgreSQL is slower than we are, so memory stays flat;
 * pieces need not be lines. A bad row is reported by end() at the latest. abort() undoes the COPY;
 * what was before it in the transaction is undone with it. It may follow any failure: fine when
 * nothing is open any more. ret_rows may be NULL. */
int session_copy_in_start(struct session *s, const char *sql, struct err *e) MUST_CHECK;
int session_copy_in_put(struct session *s, const void *p, size_t len, struct err *e) MUST_CHECK;
int session_copy_in_end(struct session *s, int64_t *ret_rows, struct err *e) MUST_CHECK;
void session_copy_in_abort(struct session *s);

/* COPY ... TO STDOUT. on_data for each row (as COPY writes it, newline included), valid during the
 * call; it may wait, which slows PostgreSQL down; a code other than 0 ends it and is returned. */
int session_copy_out(struct session *s, const char *sql,
	int (*on_data)(struct str row, void *arg, struct err *e), void *arg,
	struct err *e) MUST_CHECK;

/* PostgreSQL's words about the latest failure; NULL when it was not PostgreSQL's. Valid until the
 * next call on s. */
const struct db_error *session_db_error(const struct session *s);

int session_pid(const struct session *s); /* of the server process, for pg_stat_activity */

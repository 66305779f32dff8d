/* batch: statements that are sent together and are one transaction.
 *
 *     struct batch *b = batch_new(req->arena);
 *     batch_as(b, &caller);
 *     batch_add(b, "update t set x = $1 where id = $2", 2, (struct db_param[]){...});
 *     if (db_submit(db, b, on_saved, req)) ...503...
 *
 *     static void on_saved(struct batch *b, void *arg)
 *     {
 *             if (batch_code(b)) ...batch_err(b), batch_db_error(b)...
 *             struct result *r = batch_result(b, 0);
 *
 * All statements run in order, or none has any effect. There is no BEGIN to write; one written into
 * a statement is a programming error (it would reach into other people's batches), and so are
 * commands that refuse a transaction, and COPY: for those there are sessions.
 *
 * Owner    the arena: the batch, copies of its parameters, its results and errors live there. When
 *          the arena is freed while the batch is in flight, it is forgotten by itself.
 * Failure  batch_add() cannot fail; what is wrong with a parameter comes out as the batch's error.
 * Threads  the loop's.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "db/db.h"

struct arena;
struct batch;
struct result;

struct batch *batch_new(struct arena *a) __attribute__((returns_nonnull));

/* The statements run with the rights of the caller: `preamble` in docs/db.md. Without it they run
 * as the login role of the connection: for the program's own needs. Before the first
 * batch_add(). */
void batch_as(struct batch *b, const struct db_caller *caller);

/* The same with a preamble of one's own instead: a statement that sets everything the others need, the
 * role included, for the transaction only. On a cluster it has to be of the form that reaches the
 * nodes (db_framing()). */
void batch_enter(struct batch *b, const struct stmt *preamble, int n,
	const struct db_param *params);

/* An expression for the select list of such a preamble: what plat.enter() does for the login in parameter
 * `login` ("$3"; NULL is nobody), without the cost of calling it. Comes before the role is set. */
#define BATCH_ENTER_LOGIN(login)                                                                     \
	"set_config('plat.me', coalesce((select m.me from plat.memberships m where m.login = " login \
	"::uuid), plat.enter_by_sources(" login "::uuid), ''), true)"

/* A promise that nothing is changed: the batch may be sent again when a connection breaks. */
void batch_read_only(struct batch *b);

/* Adds a statement and returns its index for batch_result(). sql is not copied: a constant, or from
 * the arena. params may be NULL when n is 0. One statement, no semicolon list. */
int batch_add(struct batch *b, const char *sql, int n, const struct db_param *params);

/* As batch_add(), and the connection keeps it prepared: saves parsing and, after five uses, mostly
 * planning. */
int batch_add_prepared(struct batch *b, const struct stmt *stmt, int n,
	const struct db_param *params);

/* The client is gone: on_done is not called. The statements run to their end, or are cancelled when
 * that takes long; their transaction may take effect. Fine at any time, also before db_submit() and
 * after on_done; b itself stays valid as long as its arena. */
void batch_forget(struct batch *b);

int batch_len(const struct batch *b); /* statements added */

/* After on_done. 0, or what went wrong; err_name(), err_http_status() explain it. */
int batch_code(const struct batch *b);
const struct err *batch_err(const struct batch *b);

/* PostgreSQL's own words, when the failure is PostgreSQL's; otherwise NULL. For logs and for
 * surfaces whose protocol has them (PostgREST). batch_err() is what may be shown to anybody. */
const struct db_error *batch_db_error(const struct batch *b);

/* The result of statement i; NULL when it did not run because of a failure. */
struct result *batch_result(const struct batch *b, int i);

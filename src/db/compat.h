/* compat: what libpq has from release 17 on, and how the same is done with 15. Private to src/db.
 *
 * Nothing else asks which libpq it is.
 */
#pragma once
#include <libpq-fe.h>
#include <stdbool.h>

struct loop;

/* PQpipelineSync() without sending at once; libpq 15 sends. False: the connection is broken. */
bool compat_send_sync(PGconn *pg);

/* Makes the server forget a prepared statement; in a pipeline one step of its own. */
bool compat_send_close(PGconn *pg, const char *name);

/* Asks the server, over a connection of its own, to cancel what pg is doing, and then calls
 * done(arg) on the loop (NULL: nobody wants to know), whatever came of it. pg may be finished
 * meanwhile. PQcancel() of libpq 15 blocks, so that runs in the thread pool. */
struct cancel;
struct cancel *compat_cancel(struct loop *loop, PGconn *pg, void (*done)(void *arg), void *arg);
void compat_cancel_forget(struct cancel *c); /* done is not called; NULL is fine */

/* frame: how a batch looks on a connection, going out and coming back. Private to src/db.
 *
 * One node     preamble, statements, Sync                         (one implicit transaction)
 * Cluster      BEGIN, preamble, statements, Sync, COMMIT, Sync
 *
 * Owner, failure, threads: as conn.h, whose parts these are.
 *
 * A statement that is to be prepared is preceded by its PREPARE, after the preamble, so that names
 * are resolved with the rights and the search path with which it will run.
 */
#pragma once
#include <libpq-fe.h>
#include <stdbool.h>

struct batch;
struct conn;
struct flight;

/* Hands the batch to libpq and notes the steps. False: the connection is broken; f->whole then
 * tells whether all of it was handed over. */
bool frame_write(struct conn *c, struct flight *f, const struct batch *b);

enum frame_took {
	FRAME_WAIT,   /* NULL, and nothing was open: no more for now */
	FRAME_MORE,   /* go on */
	FRAME_END,    /* the head flight is complete */
	FRAME_BROKEN, /* something a shared connection must not do: COPY, BEGIN */
};

/* Takes what PQgetResult() gave, NULL too. */
enum frame_took frame_take(struct conn *c, PGresult *pg);

/* The connection is gone, and the steps with it. */
void frame_drop_steps(struct conn *c);

/* session_local: the inside of a session, and its talk with PostgreSQL. Private to src/db.
 *
 * Owner    session.c makes and frees; talk.c talks; session_copy.c copies.
 * Failure  as session.h. Whatever returns a code other than 0 has put words into e.
 * Threads  the fiber's.
 */
#pragma once
#include <libpq-fe.h>
#include <stdbool.h>

#include "db/param_local.h"
#include "db/pin.h"
#include "db/session.h"

enum session_copy { SESSION_COPY_NONE, SESSION_COPY_IN };

struct session {
	struct db *db;
	struct pin *pin;
	struct fiber *fiber;
	struct watch *watch;
	unsigned events;     /* what the watch saw */
	bool waiting;        /* in talk_wait() */
	struct arena *home;  /* the caller, as long as the session */
	struct arena *words; /* db_error: until the next call */
	struct params caller;
	bool has_caller, broken;
	enum session_copy copy;
	bool copy_begun; /* the transaction around the COPY is ours */
	size_t unsent;   /* bytes given to libpq since it was last empty */
	bool cancelled;  /* see talk_cancel() */
	struct db_error error;
	bool has_error;
};

/* Before every statement: refuses a broken session, forgets the last error. */
int talk_start(struct session *s, struct err *e) MUST_CHECK;

/* Empties libpq's buffer; reads meanwhile. */
int talk_flush(struct session *s, struct err *e) MUST_CHECK;

/* What comes next; NULL at the end of a statement. Flushes first. */
int talk_next(struct session *s, PGresult **ret_pg, struct err *e) MUST_CHECK;

/* Waits for events on the socket and reads what has come. */
int talk_wait(struct session *s, unsigned mask, struct err *e) MUST_CHECK;

/* Reads to the end of the statement. ret_pg (may be NULL) gets its last result. */
int talk_end(struct session *s, PGresult **ret_pg, struct err *e) MUST_CHECK;

/* Records what PostgreSQL said. */
int talk_failed(struct session *s, const PGresult *pg, struct err *e);

/* The connection is gone or cannot be used any more. */
int talk_lost(struct session *s, struct err *e);

/* Cancels what PostgreSQL is doing for us. Returns when that has arrived: a late one would hit the
 * next statement. What comes from the cancelled one is still to be read. */
void talk_cancel(struct session *s);

/* A statement without parameters, over the simple protocol. */
int talk_simple(struct session *s, const char *sql, struct err *e) MUST_CHECK;

/* With a caller and outside a transaction, a statement gets one around it: begin before, and after
 * it end with its code: commit, or rollback. Otherwise nothing. */
int session_wrap(struct session *s, bool *ret_begun, struct err *e) MUST_CHECK;
int session_unwrap(struct session *s, bool begun, int code, struct err *e);

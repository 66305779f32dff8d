/* conn: one shared connection in pipeline mode. Private to src/db; pool.c owns and uses it.
 *
 * Owner    struct db holds an array of them; conn_init() ... conn_done().
 * Failure  conn_send() cannot fail: a connection that breaks gives its batches back through
 *          pool_take_back(), goes to CLOSED and dials again by itself.
 * Threads  the loop's. None of these functions calls a caller's on_done: answers are collected and
 *          delivered at the end of the turn (pool_answer()).
 *
 * Results come in the order of what was sent. `steps` is that order, one entry for each thing
 * PostgreSQL answers; `flights` are the batches they belong to. Nothing is searched.
 */
#pragma once
#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/conn_state.h"
#include "db/stmt_cache.h"

#define CONN_FLIGHTS 16                   /* batches in flight on one connection */
#define CONN_UNSENT ((size_t)1024 * 1024) /* bytes that may wait in libpq for the socket */
#define CONN_STALL_MS 10 /* a batch that runs for so long holds up others: they go elsewhere */

struct batch;
struct cancel;
struct db;
struct dial;
struct timer;
struct watch;

enum step_kind {
	STEP_BEGIN,
	STEP_ENTER,   /* the preamble */
	STEP_PREPARE, /* stmt */
	STEP_CLOSE,   /* stmt, or none for an evicted one */
	STEP_ITEM,    /* statement `item` of the batch; stmt when it was run as prepared */
	STEP_COMMIT,
	STEP_SYNC,
};

struct step {
	enum step_kind kind;
	int item;
	struct stmt_entry *stmt;
};

struct flight {
	struct batch *batch; /* NULL: forgotten; what comes is thrown away */
	uint64_t number;
	unsigned syncs; /* still to come */
	bool whole;     /* its last Sync went to libpq: PostgreSQL may have carried it out */
	bool read_only;
	bool failed;          /* an error was seen */
	bool again;           /* the error was none of its own: send it once more */
	bool maybe_cancelled; /* it was behind a batch that was cancelled, and may be hit instead */
};

struct conn {
	struct db *db;
	enum conn_state state; /* written by conn_set_state() only */
	PGconn *pg;
	struct dial *dial;
	struct watch *watch;
	struct timer *redial;
	struct cancel *cancel; /* on its way: nothing new is sent meanwhile */
	struct stmt_cache *stmts;
	struct step *steps; /* a ring */
	size_t step_first, step_n, step_cap;
	bool step_open; /* a result of the first step was seen, its end was not */
	struct flight flights[CONN_FLIGHTS]; /* a ring */
	unsigned first, n;
	uint64_t sent;         /* flights ever */
	int64_t head_since_ms; /* when the first flight became first, or the last one ended */
	int64_t born_ms;       /* connected */
	bool is_leaving;       /* old: takes nothing new, and ends with its last flight */
	bool is_asleep;        /* closed until there is something to do */
	bool leave_due;
	size_t unsent; /* at most so many bytes wait in libpq */
	bool flush_due;
	unsigned failures; /* to connect, in a row */
};

void conn_init(struct conn *c, struct db *db);
void conn_done(struct conn *c);

/* Dials when closed and not already waiting to do so. */
void conn_dial(struct conn *c);

/* Closed, in order, until conn_dial(). Nothing may be in flight. */
void conn_sleep(struct conn *c);

/* Made anew, once nothing is in flight. */
void conn_leave(struct conn *c);

/* Whether one more batch can be sent now. */
bool conn_has_room(const struct conn *c);

/* Whether its first batch has been running for longer than CONN_STALL_MS. */
bool conn_is_stalled(const struct conn *c);

/* Takes a QUEUED batch that is in no list. Only when conn_has_room(). */
void conn_send(struct conn *c, struct batch *b);

/* Empties the flights; each batch that somebody still wants goes to answer(). Only before
 * conn_done(). */
void conn_drop_flights(struct conn *c, void (*answer)(struct db *db, struct batch *b));

/* Cancels the first batch when nobody wants it any more and it has been running for long. */
void conn_cancel_forgotten(struct conn *c);

/* The flight whose results come next; NULL when there is none. */
struct flight *conn_head(struct conn *c);

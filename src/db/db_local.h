/* db_local: the inside of struct db, and what its files do for each other. Private to src/db. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "db/batch_local.h"
#include "db/conn.h"
#include "db/db.h"

#define DB_SHARED_MAX 16
#define DB_WRITERS_MAX 8
#define DB_PER_CONN 64         /* batches in flight and waiting, for each shared connection */
#define DB_AGAIN_MAX 2         /* times that a batch is sent once more */
#define DB_CLOSE_MS 5000       /* for what is in flight when the db is closed */
#define DB_CANCEL_AFTER_MS 250 /* a forgotten batch may run so long */

struct fiber;
struct listening;
struct pins;
struct url;

/* A fiber in db_wait(), on its stack. */
struct db_waiter {
	struct fiber *fiber;
	struct db_waiter *next;
};

/* A fiber in db_close(). */
struct db_closer {
	struct fiber *fiber;
	bool done;
};

struct db {
	struct loop *loop;
	struct url *url;
	enum db_framing framing;
	unsigned wait_ms, dial_ms, idle_ms, age_ms, queue_max;
	struct conn conns[DB_SHARED_MAX + DB_WRITERS_MAX]; /* shared ones, then those for writing */
	unsigned nconns, nshared;                          /* shared: nbase, and spare ones */
	unsigned nbase;
	bool started; /* the shared connections are dialled */
	struct batch_list queue, answered;
	bool deliver_due, dispatch_due, closing, closed;
	int64_t close_by_ms;
	struct db_closer *closer;
	struct timer *tick; /* runs while something is queued or in flight, or the db is closing */
	struct timer *retire; /* looks for what is idle or old; NULL: nobody asked for that */
	struct db_stats stats;
	int version;
	struct db_waiter *waiters;
	unsigned failed_dials; /* since the latest good one */
	bool hopeless;
	char why[512]; /* the latest dial failed; "" when it did not */
	struct pins *pins;
	struct listening *listening;
};

/* pool.c: which batch goes where */
void pool_start(struct db *db);
void pool_dispatch(struct db *db);
void pool_dispatch_later(struct db *db);
void pool_answer(struct db *db, struct batch *b);

/* A flight that did not end well: its batch is queued once more where that is safe, or answered. */
void pool_take_back(struct db *db, struct flight *f, bool connection_lost);
void pool_dialled(struct db *db, const char *why, bool hopeless); /* why NULL: it worked */
void pool_watch_time(struct db *db);

/* retire.c */
void retire_start(struct db *db);
bool retire_is_due(const struct db *db, int64_t born_ms, int64_t idle_since_ms);

/* db.c */
void db_check_closed(struct db *db);

/* frame.c: the statement that opens a batch or transaction of a caller ($1 role, $2 claims, $3 user
 * id, $4 statement timeout in milliseconds). */
const struct stmt *frame_preamble(enum db_framing framing);

/* db: the way to PostgreSQL. Nothing else knows libpq.
 *
 *   struct batch   statements that belong together, sent at once (db/batch.h). Few connections,
 *                  shared by all, many batches in flight on each. For requests and short jobs.
 *   struct session a connection lent to one fiber (db/session.h): transactions of many steps, COPY,
 *                  scripts, commands that commit by themselves.
 *   struct listener NOTIFY (db/listen.h).
 *
 * Owner    whoever called db_open() closes it with db_close(), after everybody stopped submitting.
 * Failure  see each function. A lost connection is dialled again by itself, for ever, with growing
 *          pauses (100 ms to 5 s, with jitter).
 * Threads  the loop's. Looking up names and cancelling block in libpq: the thread pool does that.
 * Units    milliseconds; connections and batches are counted.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct batch;
struct db;
struct loop;

/* How a batch becomes one transaction (docs/db.md, design scale-out rule 8). */
enum db_framing {
	DB_FRAMING_IMPLICIT, /* one node: preamble, statements, Sync */
	DB_FRAMING_CLUSTER,  /* Citus: BEGIN, preamble, statements, Sync, COMMIT, Sync */
};

struct db_options {
	const char *url;      /* postgresql://… or key=value; see db/url.h. Needed */
	const char *app_name; /* application_name in pg_stat_activity; NULL: "plat" */
	unsigned shared;      /* shared connections, 1 to 16; 0: 2 */
	unsigned spare;       /* more of them, dialled once a slow statement is at the head of each:
			       what is quick goes on there. at most 16 in all */
	unsigned
		writers; /* more connections, up to 8, for batches that are not batch_read_only(): a commit waits for
			     the disk, several at a time wait together, and nobody's reading waits behind them.
			     Dialled when they are needed; 0: none, all batches share */
	unsigned pinned;  /* sessions at the same time; 0: 4 */
	unsigned queue;   /* batches that wait while all connections are full or away; 0: 48 for
				 each shared one, which with 16 in flight makes 64 */
	unsigned wait_ms; /* how long one waits there, or for a session, before E_BUSY; 0: 5000 */
	unsigned dial_ms; /* limit for one attempt to connect; 0: 5000 */
	unsigned
		idle_ms; /* a connection that had nothing to do for so long is closed until it is needed; 0: never */
	unsigned age_ms; /* a connection this old is made anew, between two batches; 0: never */
	enum db_framing framing;
};

/* In whose name a batch or session runs: what the preamble sets, for the transaction only.
 * Absent user_id: nobody has logged in, or a worker. The strings are copied. */
struct db_caller {
	struct str role;               /* "anon", "authenticated", "service_role" */
	struct str claims;             /* the token's claims as JSON; absent: empty */
	struct str user_id;            /* auth.users.id as text; absent: null */
	unsigned statement_timeout_ms; /* per statement; 0: none */
};

/* A parameter. Text form (what one would write between quotes) unless binary. p is copied. */
struct db_param {
	const char *p; /* need not end with NUL */
	int len;
	bool null;
	bool binary;
	unsigned oid; /* type; 0: PostgreSQL infers it */
};

/* Shorthands. The numbers allocate their text. */
struct db_param db_null(void);
struct db_param db_text(const char *s); /* NULL: null */
struct db_param db_str(struct str s);   /* absent: null */
struct db_param db_bool(bool b);
struct db_param db_i64(struct arena *a, int64_t n);
struct db_param db_f64(struct arena *a, double x); /* round-trips; nan and inf are fine */
struct db_param db_bytes(struct str s);            /* bytea, sent as it is; absent: null */

/* A statement that is prepared once per connection. Both live until the batch is over.
 * name says which text it is, so two texts must not share one; at most 63 bytes, not starting with
 * "plat_". */
struct stmt {
	const char *name;
	const char *sql;
};

/* What PostgreSQL said about a failure. Strings are "" when it said nothing about it, never NULL;
 * they live in the arena of the batch or session call. */
struct db_error {
	char sqlstate[6]; /* "23505"; "" when the failure is not from the server */
	const char *message, *detail, *hint;
	const char *schema, *table, *column, *constraint;
	const char *context;
	int position;  /* character in the statement, from 1; 0 unknown */
	int statement; /* index of the statement in the batch; -1: preamble, or commit */
};

/* Starts nothing but the memory: connections are dialled when they are first needed, or by
 * db_wait(). NULL with E_INPUT when the URL cannot be read. */
struct db *db_open(struct loop *loop, const struct db_options *options, struct err *e) MUST_CHECK;

/* In a fiber: dials and waits until a batch could run. After the first failed attempt goes on
 * trying for timeout_ms (0: gives up at once), then E_BUSY with the reason in a sentence without
 * the password. A reason that time does not cure (wrong password, no such database) ends it at
 * once: E_INPUT. */
int db_wait(struct db *db, unsigned timeout_ms, struct err *e) MUST_CHECK;

/* Takes no more, lets what is in flight end (at most 5 s, then E_BUSY), closes all connections and
 * releases db. In a fiber it returns when that is done; elsewhere at once, and the loop does the
 * rest. db is not to be used after the call. All sessions and listeners are given back before. NULL
 * is fine. */
void db_close(struct db *db);

/* Sends b; on_done(b, arg) is called once, in a later turn, whatever happens: batch_code(b) then
 * says how it went. E_BUSY (and no on_done) when queues are full: answer 503 with Retry-After.
 *
 * Order: batches of different submits may run at the same time and in any order.
 * A lost connection: a batch that was not sent completely, or was marked read-only, is sent again
 * on another connection (twice at most); any other gets E_BUSY, and whether it was executed is not
 * known. */
int db_submit(struct db *db, struct batch *b, void (*on_done)(struct batch *b, void *arg),
	void *arg) MUST_CHECK;

/* In a fiber: db_submit() and wait. Returns batch_code(b), with the words in e. */
int db_run(struct db *db, struct batch *b, struct err *e) MUST_CHECK;

/* Whether a batch submitted now would be sent at once: for /ready. */
bool db_is_ready(const struct db *db);

/* How often in a row dialling has failed, while there is no shared connection; 0: there is one, or
 * nobody has tried. */
unsigned db_failed_dials(const struct db *db);

enum db_framing db_framing(const struct db *db);

/* 150013; 0 before the first connection. */
int db_server_version(const struct db *db);

/* Host, port, database, user of db; without the password. Lives as long as db. */
const char *db_name(const struct db *db);

/* For /metrics. Counters never shrink. */
struct db_stats {
	unsigned conns_closed, conns_dialing, conns_ready, conns_busy; /* shared ones, now */
	unsigned in_flight; /* batches sent, no answer yet */
	unsigned queued;    /* batches waiting to be sent */
	unsigned pinned_lent, pinned_idle, pinned_waiting;
	uint64_t batches_done;   /* answered, also with an error of PostgreSQL */
	uint64_t batches_failed; /* of these, with an error */
	uint64_t batches_busy;   /* refused or given up with E_BUSY */
	uint64_t batches_again;  /* sent a second time */
	uint64_t batches_forgotten;
	uint64_t statements;
	uint64_t dials, dials_failed, conns_lost, conns_retired;
	uint64_t cancels;
	uint64_t batch_us; /* sum over batches_done of the time from submit to answer */
};

void db_stats(const struct db *db, struct db_stats *ret_stats);

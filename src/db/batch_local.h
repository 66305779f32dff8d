/* batch_local: the inside of a batch. Private to src/db.
 *
 *   NEW ──> QUEUED <──> SENT ──> ANSWERED ──> DONE
 *    └─────────────────────────────^    any but NEW ──> DONE when it is forgotten
 *
 * QUEUED    in db->queue, nothing was written to a connection (or it was, and is to be again)
 * SENT      a flight of a connection points to it
 * ANSWERED  in db->answered: on_done is called at the end of the turn
 *
 * batch_set_state() is the only writer.
 */
#pragma once
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/batch.h"
#include "db/param_local.h"

enum batch_state { BATCH_NEW, BATCH_QUEUED, BATCH_SENT, BATCH_ANSWERED, BATCH_DONE, BATCH_STATES };

struct flight;

struct item {
	const char *sql;
	const struct stmt *stmt; /* NULL: not to be prepared */
	struct params params;
};

struct batch {
	struct arena *arena;
	struct db *db; /* from db_submit() on */
	enum batch_state state;
	struct item *items;
	PGresult **results; /* one per item, NULL until seen */
	int n, cap;
	bool has_caller, read_only;
	unsigned again;              /* times it was put back into the queue */
	const struct stmt *preamble; /* NULL: the usual one */
	struct params caller;
	size_t bytes; /* texts and parameters */
	struct err err;
	struct db_error db_error;
	bool has_db_error;
	struct flight *flight;     /* while SENT */
	struct batch *prev, *next; /* in db->queue or db->answered */
	int64_t queued_ms, submitted_us;
	void (*on_done)(struct batch *b, void *arg);
	void *arg;
};

struct batch_list {
	struct batch *first, *last;
	unsigned n;
	size_t bytes;
};

void batch_set_state(struct batch *b, enum batch_state to);

void batch_list_add(struct batch_list *l, struct batch *b);
void batch_list_add_first(struct batch_list *l, struct batch *b);
void batch_list_remove(struct batch_list *l, struct batch *b);

/* Records the failure of statement i (-1: preamble, or commit). The first one stays. */
void batch_fail(struct batch *b, int i, const PGresult *pg);

/* Takes pg for statement i. */
void batch_take_result(struct batch *b, int i, PGresult *pg);

/* As it was before it was sent. */
void batch_drop_results(struct batch *b);

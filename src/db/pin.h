/* pin: connections that are lent to one fiber at a time. Private to src/db; session.c is the user.
 *
 * Owner    struct db has one struct pins. A pin belongs to the borrower until pins_give().
 * Failure  pins_take() gives NULL with words.
 * Threads  the loop's; pins_take() waits.
 */
#pragma once
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "db/db.h"
#include "db/stmt_cache.h"

struct db;
struct pins;
struct watch;

struct pin {
	PGconn *pg;
	struct stmt_cache *stmts; /* entries are only NEW or READY */
	struct pin *next;
	int64_t born_ms, idle_since_ms;
};

struct pins *pins_new(struct db *db, unsigned max) __attribute__((returns_nonnull));
void pins_free(struct pins *p); /* nothing may be lent */

/* (waits) First come, first served. */
struct pin *pins_take(struct pins *p, struct err *e) MUST_CHECK;

/* clean: as good as new, for the next one; otherwise it is closed. */
void pins_give(struct pins *p, struct pin *pin, bool clean);

/* Closes those that lie idle and are due (retire_is_due()). */
void pins_retire(struct pins *p);

void pins_stats(const struct pins *p, struct db_stats *stats);

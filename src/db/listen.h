/* listen: hears NOTIFY.
 *
 * Owner    whoever called db_listen(), until db_unlisten() (before db_close()).
 * Failure  none towards the caller: a lost connection is dialled again for ever, and told.
 * Threads  the loop's.
 *
 * One connection of its own per db, opened with the first listener. It needs a direct way to
 * PostgreSQL (PgBouncer in transaction mode does not pass NOTIFY on), so a poll every few seconds
 * stays advisable.
 */
#pragma once
#include "base/str.h"
#include "db/db.h"

struct listener;

/* What to do when something was heard on the channel. payload is valid during the call; absent
 * (p == NULL) means: the connection is there now, and was not before, so anything may have
 * been missed. That is the first thing every listener hears. */
typedef void listen_fn(const char *channel, struct str payload, void *arg);

/* channel: any name of at most 63 bytes, taken literally (no case folding); copied. */
struct listener *db_listen(struct db *db, const char *channel, listen_fn *cb, void *arg)
	__attribute__((returns_nonnull, warn_unused_result));

/* No callback any more. Safe inside one. NULL is fine. */
void db_unlisten(struct listener *l);

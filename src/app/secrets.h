/* secrets: everything in the database that is sealed with the master key, as one table, and its rotation.
 *
 * Rotation: a fresh key becomes the current one and is stored first; then every envelope of an older key is opened and sealed
 * again, row by row, each in its own statement that changes nothing when somebody else was faster. It may be interrupted anywhere
 * and run again. Old keys stay in the ring (they open what a backup holds) until secrets_forget() drops those that seal nothing.
 *
 * Owner    counts are values. Failure  the first row that cannot be opened is named by table and id, and nothing of it changes;
 *          rotation goes on with the others and fails at the end.
 * Threads  (waits): in a fiber.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"

struct arena;
struct database;
struct db;

struct secrets_report {
	int64_t sealed;  /* envelopes in the database */
	int64_t current; /* of these, under the current key */
	int64_t resealed;
	int64_t failed;
	int64_t keys; /* in the ring */
};

int secrets_count(struct database *d, struct db *db, struct secrets_report *ret_report,
	struct err *e) MUST_CHECK;

/* new_key false: only brings stragglers to the current key. */
int secrets_rotate(struct database *d, struct db *db, _Bool new_key,
	struct secrets_report *ret_report, struct err *e) MUST_CHECK;

/* Drops the keys under which nothing in the database is sealed any more. */
int secrets_forget(struct database *d, struct db *db, int64_t *ret_dropped,
	struct err *e) MUST_CHECK;

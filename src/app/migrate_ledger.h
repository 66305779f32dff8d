/* migrate_ledger: plat.migrations, and how it compares with the files in the program. Only for migrate*.c.
 *
 * Owner    everything lives in the arena given to ledger_read().
 * Failure  as migrate.h. Threads (waits): in a fiber.
 */
#pragma once

#include "app/migrate.h"

struct session;
struct sql_file;

struct ledger {
	struct migration *list;
	size_t n;
	bool is_empty; /* no ledger yet */
};

/* The order in which files run: live files marked "before migrations", migrations, the other live files. */
enum sql_stage { SQL_BEFORE, SQL_MIGRATION, SQL_AFTER };
enum sql_stage ledger_file_stage(const struct sql_file *f);
bool ledger_file_is_alone(const struct sql_file *f); /* "-- plat: no-transaction" */

int ledger_create(struct session *s, struct arena *a, struct err *e) MUST_CHECK;
int ledger_read(struct session *s, struct arena *a, struct ledger *ret_ledger,
	struct err *e) MUST_CHECK;
int ledger_write(struct session *s, struct arena *a, const struct sql_file *f, int64_t took_us,
	struct err *e) MUST_CHECK;

enum migration_state ledger_state(const struct ledger *l, const char *name);

/* E_CONFLICT, naming the first migration that is edited or unknown. */
int ledger_check(const struct ledger *l, struct err *e) MUST_CHECK;

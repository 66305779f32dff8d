/* migrate: brings a database to the schema that this program carries (docs/sql.md).
 *
 * The SQL files travel inside the program. plat.migrations, the ledger, holds name and SHA-256 of each file that was applied.
 * Migrations run in order, one transaction each; files of sql/live run again whenever their text changed or a migration ran, all of
 * them in one transaction. An advisory lock makes a second server that starts at the same time wait. A migration whose text is not
 * the one that was applied, or that this program does not know, is an error that names it, and nothing is touched.
 *
 * Owner    lists live in the caller's arena.
 * Failure  E_CONFLICT an edited or unknown migration; E_INPUT what the server lacks (version, extension, right), in one sentence;
 *          otherwise what PostgreSQL said, with file and line. What was applied before stays applied.
 * Threads  (waits) all: in a fiber.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct arena;
struct database;

enum migration_state {
	MIGRATION_APPLIED,
	MIGRATION_PENDING,
	MIGRATION_EDITED, /* applied with another text: an error for sql/migrate, due again for sql/live */
	MIGRATION_UNKNOWN, /* applied, and not in this program */
};

struct migration {
	const char *name; /* "migrate/0001_plat_create_foundation.sql" */
	enum migration_state state;
	const char *applied_at; /* ISO 8601; NULL when it was not */
};

struct migrate_report {
	size_t applied; /* migrations run now */
	size_t live;    /* files of sql/live run now */
	int64_t took_us;
};

/* on_file, when not NULL, is told each file before it runs. */
int migrate_up(struct database *d, void (*on_file)(const char *name),
	struct migrate_report *ret_report, struct err *e) MUST_CHECK;

/* Every file, in the order in which they run, then unknown ones. */
int migrate_status(struct database *d, struct arena *a, const struct migration **ret_list,
	size_t *ret_n, struct err *e) MUST_CHECK;

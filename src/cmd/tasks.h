/* tasks: finds the import task that somebody names on the command line.
 *
 * Owner    the arena. Failure E_ABSENT with the names there are; E_INPUT when two connections have one of that name. Threads (waits).
 */
#pragma once
#include "base/err.h"
#include "base/str.h"

struct arena;
struct db;

struct tasks_found {
	struct str id, connection_id, name;
};

/* provider may be absent. An id is fine as well. */
int tasks_find(struct db *db, struct arena *a, struct str workspace_id, struct str provider,
	struct str name, struct tasks_found *ret, struct err *e) MUST_CHECK;

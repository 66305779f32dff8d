/* worker: sessions for background work and commands: role plat_worker, past row level security, nobody's login.
 *
 * What such a session writes into a tenant table names its workspace_id itself. Close with session_close().
 *
 * Failure  as session_open(). Threads (waits): in a fiber.
 */
#pragma once

#include "base/err.h"

struct db;
struct session;

struct session *worker_session(struct db *db, struct err *e) MUST_CHECK;

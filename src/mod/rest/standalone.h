/* standalone: `plat rest`: the dialect alone, at / in front of any PostgreSQL, with the settings that PostgREST's users have, and the admin
 * port.
 *
 * Owner    rest_standalone_start() to rest_standalone_stop(). file is borrowed.
 * Failure  one sentence. Threads one loop; both wait.
 */
#pragma once

#include "base/err.h"

struct loop;
struct rest_standalone;

/* (waits) Listens at once; the schema cache comes when PostgreSQL answers. file: configuration; NULL: the environment alone. */
struct rest_standalone *rest_standalone_start(struct loop *loop, const char *file,
	struct err *e) MUST_CHECK;

/* fn runs once, when the database is gone and db-pool-automatic-recovery is false: somebody is to end the program then. */
void rest_standalone_on_gone(struct rest_standalone *s, void (*fn)(void *arg), void *arg);

/* (waits) Requests in flight are finished first. NULL is fine. */
void rest_standalone_stop(struct rest_standalone *s, int deadline_ms);

/* SIGUSR1 and SIGUSR2. */
void rest_standalone_reload(struct rest_standalone *s);
void rest_standalone_reload_config(struct rest_standalone *s);

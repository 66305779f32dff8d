/* database: which PostgreSQL this process works on, and as whom.
 *
 * DATABASE_URL names a server; without it plat's own cluster is started, or borrowed from the plat that runs it (app/cluster.h).
 * Two logins are used on it:
 *   the owner          DATABASE_URL itself: migrations and commands
 *   authenticator      requests and workers: no rights of its own, switches role per transaction (sql/live/10_plat_enter.sql).
 *                      Its password follows from the master key, so there is nothing to configure; PLAT_LOGIN_URL names another
 *                      login instead.
 *
 * Owner    database_close().
 * Failure  one sentence; without secrets.
 * Threads  in a fiber; functions marked (waits) wait.
 */
#pragma once

#include "base/err.h"

struct cluster;
struct database;
struct db;
struct keyring;
struct loop;

/* (waits) Data directory, master key, cluster; the database `plat` of a cluster of ours is made when absent. */
struct database *database_open(struct loop *loop, struct err *e) MUST_CHECK;

/* (waits) Stops a cluster that this process started. NULL is fine. */
void database_close(struct database *d);

const char *database_data_dir(const struct database *d);
struct keyring *database_keyring(const struct database *d);
struct cluster *database_cluster(const struct database *d); /* NULL: the server was given */

/* What signs and verifies tokens: PLAT_JWT_SECRET, or a text that follows from the oldest master key, so rotation does not log everybody
 * out; forgetting that key does. */
const char *database_jwt_secret(struct database *d);

/* The authenticator's password in the form that PostgreSQL stores (RFC 5803), so that no statement ever carries it. */
const char *database_login_verifier(struct database *d);

/* (waits) Connections as the owner, and as the authenticator. NULL with a sentence when nobody answers within wait_ms. */
struct db *database_connect_owner(struct database *d, unsigned wait_ms, struct err *e) MUST_CHECK;
struct db *database_connect_login(struct database *d, unsigned wait_ms, struct err *e) MUST_CHECK;

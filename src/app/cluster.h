/* cluster: plat's own PostgreSQL, when no DATABASE_URL names another.
 *
 * Finds an installed PostgreSQL from 15 on, makes a cluster in the data directory on the first start, runs it as an unprivileged
 * user (when plat is root: `postgres`) on a unix socket that only that user and root can reach, tuned for the machine, and stops
 * it cleanly. fsync is on: a machine that loses power loses nothing that was committed.
 *
 * Layout, below the data directory:
 *   cluster.lock   held by the plat that answers for the cluster
 *   postgres/      the cluster; postgresql.conf includes plat.conf, which is written anew at every start
 *   run/           the socket (a short folder under /tmp or /run when this path is too long for a socket)
 * When plat is root and the data directory cannot be reached by `postgres` (as under /root), postgres/ and run/ are in
 * /var/lib/plat/<hash of the data directory>/ instead.
 *
 * A plat that was killed leaves its PostgreSQL running: the next one finds it and takes it over. A second command on the same
 * data directory (plat sync while plat up runs) borrows it.
 *
 * Owner    cluster_stop() ends and frees it; a borrowed cluster goes on.
 * Failure  E_INPUT or E_UPSTREAM with one sentence that says what is missing and what to do.
 * Threads  in a fiber of the loop; functions marked (waits) wait.
 */
#pragma once

#include "base/err.h"

struct loop;
struct cluster;

/* The data directory: PLAT_DATA or its default; made (mode 0711) when absent. Lives in the err's arena. */
const char *cluster_data_dir(struct err *e) MUST_CHECK;

/* (waits) NULL on failure. */
struct cluster *cluster_start(struct loop *loop, const char *data, struct err *e) MUST_CHECK;

/* Connection string of the owner (a superuser of this cluster) for the database; lives as long as the cluster. */
const char *cluster_url(const struct cluster *c);

/* True when another plat answers for it. */
_Bool cluster_is_borrowed(const struct cluster *c);

/* fn(arg) when PostgreSQL ends without having been told to; not for a borrowed one. */
void cluster_on_death(struct cluster *c, void (*fn)(void *arg), void *arg);

/* (waits) Fast shutdown: open transactions are rolled back, everything is written. NULL is fine. */
void cluster_stop(struct cluster *c);

/* url: DATABASE_URL taken apart.
 *
 * Owner    an url owns its strings; url_free().
 * Failure  url_parse() returns NULL with E_INPUT and a sentence that never has the password in it.
 * Threads  values; may be read anywhere once parsed.
 *
 * Both forms of libpq: postgresql://user:password@host:port,host2:port2/name?key=value and
 * "host=... dbname=...". What is missing comes from PGHOST and the like, as everywhere else.
 */
#pragma once
#include <stdbool.h>

#include "base/err.h"

struct url;

struct url *url_parse(const char *text, const char *app_name, struct err *e) MUST_CHECK;
struct url *url_copy(const struct url *u) __attribute__((returns_nonnull));
void url_free(struct url *u); /* wipes the password; NULL is fine */

/* "user@host:5432/name" or "user@/run/postgresql/name", for messages. Lives as long as u. */
const char *url_name(const struct url *u);

/* The value of a keyword of libpq ("host", "user", "dbname"), NULL when it is not set. */
const char *url_get(const struct url *u, const char *keyword);

/* How many hosts there are to try; at least 1. */
int url_hosts(const struct url *u);

/* Whether some host is a name that has to be looked up, rather than an address or a socket
 * folder. */
bool url_needs_lookup(const struct url *u);

/* Looks all names up: blocks, so call it in a thread (loop_work()); touches nothing but u and its
 * result. Gives a copy of u with addresses in "hostaddr", a host with several addresses being
 * repeated. NULL with E_BUSY when no host has an address. */
struct url *url_lookup(const struct url *u, struct err *e) MUST_CHECK;

/* Adds "-c name=value" for the server, behind the options that are there, so it wins. */
void url_add_option(struct url *u, const char *option);

/* Arrays for PQconnectStartParams(), ending with NULL; they live as long as u. */
const char *const *url_keywords(const struct url *u);
const char *const *url_values(const struct url *u);

/* service: one serving process: loop, database connections, HTTP server, and the routing of requests to modules.
 *
 * Owner    service_start() to service_stop(). Modules borrow loop and db.
 * Failure  service_start() leaves nothing behind. A request that no route takes gets 404, or 405 with Allow.
 * Threads  one loop.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct db;
struct http_request;
struct http_server;
struct keyring;
struct loop;
struct module;
struct service;
struct token_keys;

struct service_options {
	struct loop *loop;
	struct db *db; /* the login's connections; NULL: modules that need none (tests) */
	const char *listen;
	bool reuse_port;
	const struct module *const *modules; /* ends with NULL */
	const char *data;                    /* data directory; may be NULL */
	const char *jwt_secret;              /* verifies tokens; may be NULL */
	const struct keyring *keyring;       /* seals secrets; may be NULL */
};

struct service *service_start(const struct service_options *options, struct err *e) MUST_CHECK;

/* (waits) Graceful: no new connections, what is in flight is finished within deadline_ms, modules stop. NULL is fine. */
void service_stop(struct service *s, int deadline_ms);

struct loop *service_loop(const struct service *s);
struct db *service_db(const struct service *s);
struct http_server *service_http(const struct service *s);
const char *service_data(const struct service *s);
const struct keyring *service_keyring(const struct service *s);
const char *service_jwt_secret(const struct service *s);
struct token_keys *service_token_keys(
	const struct service *s); /* from the start of modules to their stop */
const struct module *const *service_modules(const struct service *s);
int service_port(const struct service *s);
int64_t service_started_us(const struct service *s); /* wall clock */
bool service_is_stopping(const struct service *s);

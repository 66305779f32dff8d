/* admin: the admin port of plat rest: /live, /ready, /config, /metrics, /schema_cache.
 *
 *     /live          200; 500 when clients cannot reach the server
 *     /ready         200; 503 while the database or the schema cache is awaited; 500 as /live
 *     /config        the settings in force, without secrets
 *
 * Owner    rest_admin_start() to rest_admin_stop(); site and main outlive it. Failure: one sentence. Threads one loop.
 */
#pragma once
#include "base/err.h"

struct http_options;
struct http_server;
struct loop;
struct rest_admin;
struct rest_site;

struct rest_admin *rest_admin_start(struct loop *loop, const struct http_options *options,
	struct rest_site *site, const struct http_server *main, struct err *e) MUST_CHECK;
void rest_admin_stop(struct rest_admin *a); /* NULL is fine */

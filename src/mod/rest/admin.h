/* admin: the second port of `plat rest`: /live, /ready, /metrics, /schema_cache, /config.
 *
 * Owner    rest_admin_start() to rest_admin_stop(); the site is borrowed. Failure a sentence. Threads one loop.
 */
#pragma once

#include "base/err.h"

struct loop;
struct rest_admin;
struct rest_site;

struct rest_admin *rest_admin_start(struct loop *loop, const char *listen, struct rest_site *site,
	struct err *e) MUST_CHECK;
void rest_admin_stop(struct rest_admin *a); /* NULL is fine */

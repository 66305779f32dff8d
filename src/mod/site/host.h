/* host: whose site a request is for, by its Host.
 *
 * A host is a verified domain of a workspace that is active. On this machine, to try a site out, SLUG.localhost is one, and localhost with
 * ?site=SLUG. What was found, or not, is remembered for some seconds, or until the workspaces' domains change.
 *
 * Owner    site_hosts_new() to site_hosts_free(); places live in the arena.
 * Failure  E_ABSENT "this host is no site here"; the database's.
 * Threads  site_host_find() (waits).
 */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct db;
struct http_request;
struct site_hosts;

struct site_place {
	struct str workspace_id, slug, name;
	struct str host; /* as in forwarded_host() */
	struct str root; /* "https://example.com": what absolute URLs begin with */
};

struct site_hosts *site_hosts_new(void) __attribute__((returns_nonnull));
void site_hosts_free(struct site_hosts *h); /* NULL is fine */
void site_hosts_forget(struct site_hosts *h);

int site_host_find(struct site_hosts *h, struct db *db, struct http_request *http,
	struct site_place *ret, struct err *e) MUST_CHECK;

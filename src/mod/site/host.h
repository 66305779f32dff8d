/* host: whose site a request is for, by its Host.
 *
 * A host is a verified domain of a workspace that is active. On this machine, to try a site out, SLUG.localhost is one, and localhost with
 * ?site=SLUG (own.h). What was found, or not, is remembered for some seconds, or until the workspaces' domains change.
 *
 * Owner    site_hosts_new() to site_hosts_free(); places live in the arena.
 * Failure  E_ABSENT "this host is no site here"; the database's.
 * Threads  the loop's; site_host_look() (waits).
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct db;
struct http_request;
struct site_hosts;

struct site_place {
	struct str workspace_id, slug, name;
	struct str host;             /* as in forwarded_host() */
	struct str root;             /* "https://example.com": what absolute URLs begin with */
	struct str key, wanted_slug; /* what is looked up; a slug while somebody tries it out */
};

struct site_hosts *site_hosts_new(void) __attribute__((returns_nonnull));
void site_hosts_free(struct site_hosts *h); /* NULL is fine */
void site_hosts_forget(struct site_hosts *h);

enum site_host {
	SITE_HOST_HERE,
	SITE_HOST_OLD,     /* it was: to be looked at again, which is asked of one at a time */
	SITE_HOST_ABSENT,  /* no site, as was seen a moment ago, or as anybody can see */
	SITE_HOST_UNKNOWN, /* to be looked up, which is work that a stranger causes */
};

/* Without the database. */
enum site_host site_host_recall(struct site_hosts *h, struct http_request *http,
	struct site_place *ret);
/* (waits) place: as recalled. */
int site_host_look(struct site_hosts *h, struct db *db, struct arena *a, struct site_place *place,
	struct err *e) MUST_CHECK;

/* What was read before site_hosts_forget() is not kept after it. generation: when the look began. */
uint64_t site_hosts_generation(const struct site_hosts *h);
void site_host_keep(struct site_hosts *h, const struct site_place *place, bool is_there,
	uint64_t generation);

/* odata_link: next links that clients cannot read meaning into, change or lend.
 *
 * A token holds the options of the first request and the place where the next page begins, sealed by HMAC-SHA-256:
 * base64url(version | mac | payload). It is the value of $skiptoken.
 *
 * Owner    results live in the arena.
 * Failure  -1 with 400: not one of ours, changed, of another consumer or another path.
 * Threads  pure.
 */
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "mod/reso/odata_fault.h"

struct arena;

#define ODATA_LINK_MAX 24000 /* bytes of a token: enough for the longest query (ODATA_TEXT_MAX) */
#define ODATA_CURSOR_MAX 1024

struct odata_link {
	struct str options; /* odata_query.options */
	struct str
		cursor; /* the server's own bytes, up to ODATA_CURSOR_MAX: keys, rows left, ... */
};

/* audience: whom the link is for and what path it continues ("<consumer>/<dataset>/Property"): it must be the same
 * when the token comes back. key: any secret of the server, at least 16 bytes. */
struct str odata_link_seal(struct arena *a, struct str key, struct str audience,
	const struct odata_link *link);
int odata_link_open(struct arena *a, struct str key, struct str audience, struct str token,
	struct odata_link *ret_link, struct odata_fault *f) MUST_CHECK;

/* follow: hears what changed, and forgets the answers that told of it: listings (plat_listings), what may be displayed (plat_search),
 * domains and workspaces (plat_site).
 *
 * plat_listings does not say whose listings: at most once a second the rows are asked for that the snapshot before did not see. While no
 * site is asked for, nothing is.
 *
 * Owner    site_follow_new() to site_follow_free(), before the db is closed.
 * Failure  none: what cannot be found out makes everything be forgotten.
 * Threads  the loop's.
 */
#pragma once

struct site;
struct site_follow;

struct site_follow *site_follow_new(struct site *s) __attribute__((returns_nonnull));
void site_follow_free(struct site_follow *f); /* NULL is fine */

/* detail: one listing of the path, found by its id or slug.
 *
 * Owner    the arena. Failure -1 with 404. Threads (waits).
 */
#pragma once

struct result;
struct site_call;

/* One row of mls.displayed(). */
int site_detail_find(struct site_call *c, struct result **ret);

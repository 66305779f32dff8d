/* row: a row of mls.displayed() as JSON.
 *
 * Every column is a member of its own name: texts, numbers, true and false, null, times as "2026-11-21T12:00:00.000000Z", JSON as it is.
 * Left out is what agents alone have (fields of searches with SEARCH_AGENT). Added are `slug` and `url`. A column `few_photos` stands in
 * the place of `photos`.
 *
 * Owner, failure none. Threads any.
 */
#pragma once
#include "base/str.h"

struct arena;
struct jsonw;
struct result;
struct site_call;

void site_row_write(struct site_call *c, struct jsonw *w, const struct result *r, int row);
/* The members alone, within an object that is open. */
void site_row_members(struct site_call *c, struct jsonw *w, const struct result *r, int row);

struct str site_row_slug(struct arena *a, const struct result *r, int row);
struct str site_row_url(struct site_call *c, const struct result *r, int row); /* absolute */
/* A column by its name; absent for null and for none. */
struct str site_row_text(const struct result *r, int row, const char *column);

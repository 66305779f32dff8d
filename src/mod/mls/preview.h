/* preview: what a mapping would make of payloads: before and after, field by field, and what it could not type. Nothing is written.
 *
 * Payloads come from listings (newest first, of as many kinds as possible, or those that are named), then before is the stored row; or
 * they are given, then before is what the active mapping makes of them.
 *
 *   {"samples": [{"listing_id", "source_listing_key", "changed", "fields": [{"column", "from", "before", "after", "changed"}],
 *                 "problems": [{"field", "value", "reason"}], "put_right": [...]}],
 *    "changed": how many samples, "columns": {"city": in how many}, "warnings": [{"column", "field", "problem", "suggestion"}]}
 *
 * Owner    texts borrow from what was passed in, or live in the arena. Failure E_INPUT as mapping_new(). Threads pure.
 */
#pragma once
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct buf;
struct json;
struct mapping;
struct req;
struct result;

#define PREVIEW_MOST 50

struct preview_sample {
	struct str listing_id; /* absent: the payload was given */
	const struct json *payload;
	const struct json *stored; /* the row as it is; NULL: typed with the active mapping */
};

struct preview {
	const struct mapping *mapping;
	const struct mapping *active; /* may be NULL when every sample has a stored row */
	const struct preview_sample *samples;
	size_t n;
	struct str warnings; /* JSON, a list */
};

void preview_write(const struct preview *p, struct arena *a, struct buf *out);

/* Samples out of mls.mapping_samples(): id, source_listing_key, raw, stored. */
int preview_samples(struct arena *a, const struct result *rows, struct preview_sample **ret_list,
	struct err *e) MUST_CHECK;

/* POST /mls/v1/mappings/preview {"provider", "mapping", "sample": n | [ids or payloads]} */
void preview_route(struct req *r);

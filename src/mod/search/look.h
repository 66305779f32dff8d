/* look: how hits are to be written: which fields, and what is marked in them.
 *
 * Owner    the arena given. Failure E_INPUT, E_ABSENT (a field that is not there) with a sentence that names the parameter. Threads pure.
 * Source   Typesense 29.0, search parameters: include_fields, exclude_fields, highlight_*, snippet_threshold.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "mod/search/fields.h"

struct arena;
struct json;
struct search_query;

/* What documents have beside the fields of fields.h. */
enum search_extra {
	SEARCH_PHOTOS,
	SEARCH_PHOTO_URL,
	SEARCH_OFFICE_CONTACT,
	SEARCH_SOURCE_NAME,
	SEARCH_AS_OF,
	SEARCH_EXTRAS,
};
extern const char *const search_extras[SEARCH_EXTRAS];

#define LOOK_ALL (SEARCH_FIELDS_MAX + SEARCH_EXTRAS)
#define LOOK_TAG_MAX 200

struct search_look {
	/* By number of the field; extras come after SEARCH_FIELDS_MAX. */
	bool is_shown[LOOK_ALL];       /* in documents */
	bool is_hidden[LOOK_ALL];      /* by the key: nowhere in an answer */
	int marked[SEARCH_FIELDS_MAX]; /* fields to be highlighted, in order */
	size_t marked_n;
	bool is_full[SEARCH_FIELDS_MAX]; /* highlight_full_fields */
	size_t affix_n, threshold;
	struct str start_tag, end_tag;
	bool is_v1;                        /* hits[].highlights too */
	bool without_out_of, without_time; /* exclude_fields may name these */
};

/* The parameters that are read here, and not for search_query_read(). */
bool search_look_has(struct str name);

/* params: what the request says, joined with what its key fixes. embedded: the latter alone, or NULL. */
int search_look_read(struct arena *a, const struct json *params, const struct json *embedded,
	enum search_audience who, struct search_look *ret, struct err *e) MUST_CHECK;

/* Which fields are marked, after the query was read: query_by, unless highlight_fields said so. And what a key hides is no facet, no group. */
int search_look_finish(const struct json *params, const struct search_query *q,
	struct search_look *look, struct err *e) MUST_CHECK;

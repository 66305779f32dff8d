/* asked: one search that was asked for, put together from what its key fixes, the query of the URL and the body.
 *
 * What a scoped key fixes wins, its filter_by holds besides those of the request, and nothing in a request shows more than it lets
 * show. Between URL and body the URL wins, and both filters hold, as with Typesense.
 *
 * Owner    the arena given.
 * Failure  E_INPUT, E_ABSENT with a sentence that names the parameter.
 * Threads  pure.
 */
#pragma once
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "mod/search/look.h"
#include "mod/search/query.h"

struct arena;
struct json;
struct search_access;

struct search_asked {
	struct search_query query;
	struct search_look look;
	struct str q; /* as sent */
};

/* The pairs of a URL's query as an object of texts; of equal names the last one counts. */
const struct json *search_asked_url(struct arena *a, struct str query, struct err *e) MUST_CHECK;

/* url, body: objects; NULL: nothing. Their arrays of texts become texts with commas. */
int search_asked_read(struct arena *a, const struct search_access *who, const struct json *url,
	const struct json *body, struct search_asked *ret, struct err *e) MUST_CHECK;

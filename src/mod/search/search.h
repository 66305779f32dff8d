/* search: what other modules use of this one.
 *
 * Threads the loop's, in a fiber (waits).
 */
#pragma once
#include "base/str.h"
#include "mod/search/index.h"
#include "mod/search/query.h"
#include "mod/search/words.h"

struct arena;
struct err;
struct json;
struct service;

/* Typesense's parameters as an object ({"q": …, "filter_by": …}; all values texts, numbers or bools) into a query, for an audience. E_INPUT
 * with a sentence that names the parameter, and the position within it. */
int search_query_read(struct arena *a, const struct json *params, enum search_audience who,
	struct search_query *ret, struct err *e);

/* The hits of a search among a workspace's listings. */
int search_run(struct service *s, struct str workspace_id, const struct search_query *q,
	struct arena *a, struct search_result *ret, struct err *e);

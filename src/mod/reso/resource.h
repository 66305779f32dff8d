/* resource: where the rows of a resource come from, and which of them a consumer sees (docs/reso.md).
 *
 * Owner    the request's arena. Failure -1 after a 403. Threads pure.
 */
#pragma once
#include "base/err.h"
#include "mod/reso/odata_query.h"

struct reso_call;
struct reso_catalog;
struct reso_source;

/* What c->who may see of this resource. */
int reso_resource_source(struct reso_call *c, const struct reso_catalog *cat,
	const struct odata_resource *r, struct reso_source *ret_source) MUST_CHECK;

/* The column that holds what $expand adds to a payload, as an object, or null; NULL without $expand. */
int reso_resource_expand(struct reso_call *c, const struct odata_query *query,
	const char **ret_column) MUST_CHECK;

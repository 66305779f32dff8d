/* odata_query_local: the parts of the query's reader. Not for others.
 *
 *   odata_query.c         the options, and next links
 *   odata_query_fields.c  $select, $unselect, $orderby
 *   odata_query_expand.c  $expand
 */
#pragma once
#include "mod/reso/odata_query.h"

/* max 0: none. */
int odata_query_number(const char *target, struct str value, int64_t max, int64_t *ret_n,
	struct odata_fault *f);

/* A flag for each field; navigations is NULL where none may be named. *ret_flags stays NULL for "*". */
int odata_query_flags(struct arena *a, const struct odata_resource *r, const char *target,
	struct str list, const bool **ret_flags, bool *navigations, struct odata_fault *f);
int odata_query_select(struct arena *a, struct str list, struct odata_query *q,
	struct odata_fault *f);
int odata_query_unselect(struct arena *a, struct str list, struct odata_query *q,
	struct odata_fault *f);
int odata_query_orders(struct arena *a, const struct odata_resource *r, struct str list,
	struct odata_order *orders, size_t *ret_n, struct odata_fault *f);
int odata_query_expand(struct arena *a, struct str list, struct odata_query *q,
	struct odata_fault *f);

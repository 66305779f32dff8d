/* keyset: pages that follow one another by key: `after=` and the next link.
 *
 * A cursor is a JSON array in base64url: a mark of the order, then the values by which the last row of a page is ordered, as
 * PostgreSQL writes them. Rows behind it are those of the next page, whatever came or went before it.
 *
 * An order that could leave rows equal is completed with the primary key, so that pages neither overlap nor leave gaps. On a page that
 * an index brings in order that costs some 20 us (an incremental sort), so it is done for those only who ask: the first page by an
 * empty `after=`, the others by the cursor in their link.
 *
 * Owner    the arena of the request. Failure: -1 with PGRST100 for a cursor that is none of this order, PGRST127 where there can be
 *          none. Threads pure.
 */
#pragma once
#include <stdbool.h>

#include "base/str.h"

struct buf;
struct rest_request;
struct result;

/* Reads the cursor: its values go to r->values, what makes another plan to shape. After rest_shape_query(), for every request. */
int rest_keyset_prepare(struct rest_request *r, struct buf *shape);

/* Are the rows of this request in an order that a cursor can name? */
bool rest_keyset_is_on(const struct rest_request *r);

/* The cursor behind the last row of res; absent when the page is not full, or there are none. */
struct str rest_keyset_next(struct rest_request *r, const struct result *res);

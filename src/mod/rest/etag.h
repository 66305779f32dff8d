/* etag: conditional requests on single rows (RFC 9110 8.8.3, 13.1): the tag is a hash of the answer's body.
 *
 * Owner    texts live in the request's arena. Failure none. Threads pure.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct rest_request;

/* Sets ETag on an answer that is one row, and says whether the client has it already (If-None-Match): then 304. */
bool rest_etag_matches(struct rest_request *r, int64_t rows, struct str body);

/* The tag of a body, quotes included. */
struct str rest_etag_of(struct rest_request *r, struct str body);

/* Is tag in a list like `"a", W/"b"` or `*`? weak: W/ counts as the same. */
bool rest_etag_in(struct str list, struct str tag, bool weak);

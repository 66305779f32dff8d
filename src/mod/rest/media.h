/* media: which of the accepted media types is answered (RFC 9110 12.5.1; facts 1.9).
 *
 * Owner, failure: 406 PGRST107 when none can be. Threads pure.
 */
#pragma once
#include "base/str.h"

struct rest_request;

/* Sets r->accept. After table and function are known. */
int rest_media_choose(struct rest_request *r);

/* Content-Type of what a handler for this type makes. Borrows. */
struct rest_handler;
struct str rest_media_type(const struct rest_handler *h);

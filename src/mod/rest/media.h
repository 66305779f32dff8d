/* media: which of the accepted media types is answered (RFC 9110 12.5.1; facts 1.9).
 *
 * Owner, failure: 406 PGRST107 when none can be. Threads pure.
 */
#pragma once

struct rest_request;

/* Sets r->accept. After table and function are known. */
int rest_media_choose(struct rest_request *r);

/* connection_route: /mls/v1/connections (docs/connections.md).
 *
 * Owner    the request's arena. Failure as caller.h. Threads a fiber for each request.
 */
#pragma once

struct req;

void connection_route_list(struct req *r);

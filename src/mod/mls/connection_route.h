/* connection_route: /mls/v1/connections (docs/connections.md).
 *
 * Owner    the request's arena. Failure as caller.h. Threads a fiber for each request.
 */
#pragma once

struct req;

void connection_route_list(struct req *r);
void connection_route_get(
	struct req *r); /* one, with what its metadata says of the active mapping */
void connection_route_create(struct req *r); /* or change the provider's */
void connection_route_change(struct req *r);
void connection_route_remove(struct req *r);
void connection_route_pause(struct req *r);
void connection_route_resume(struct req *r);
void connection_route_test(struct req *r);     /* ?apply=true stores the suggested settings */
void connection_route_metadata(struct req *r); /* resources and fields */
void connection_route_refresh(struct req *r);  /* the same, asked for now */

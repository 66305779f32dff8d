/* flow: takes a request from its head to rest_run(): target, profile, login, headers, body, query, plan.
 *
 * Owner    the HTTP request's arena, or that of a $batch. Failure becomes the answer. Threads one loop.
 */
#pragma once

#include <stdbool.h>

#include "base/str.h"

struct rest_request;

/* Sets r->target and r->name from the path below the prefix; r->method from the request. -1 with a fault. */
int rest_flow_target(struct rest_request *r, struct str path, struct str method);

/* Who asks: r->login, r->role. */
int rest_flow_login(struct rest_request *r);

/* Everything that needs no body; logs in unless that was done. */
int rest_flow_head(struct rest_request *r);

/* The rest, up to r->plan. content_type and body absent: none was sent. more: a query string in the body (QUERY). */
int rest_flow_plan(struct rest_request *r, struct str query, struct str more,
	struct str content_type, struct str body);

/* Is a body to be read? */
bool rest_flow_has_body(const struct rest_request *r);

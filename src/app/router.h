/* router: which module's handler takes a path.
 *
 * Routes are compared segment by segment; ":name" takes one segment, a final star the rest. What ":name" took is given out
 * percent-decoded and must be valid UTF-8 without NUL, else the path matches nothing.
 *
 * Owner    params live in the arena. Failure none. Threads pure.
 */
#pragma once

#include "app/module.h"

struct arena;

enum router_answer {
	ROUTER_FOUND,
	ROUTER_NOT_FOUND,
	ROUTER_METHOD, /* the path is known, with other methods */
};

/* raw_path as sent. allow gets the methods that the path takes ("GET, HEAD, POST"), when the answer is ROUTER_METHOD. */
enum router_answer router_find(const struct module *const *list, struct str method,
	struct str raw_path, struct arena *a, const struct route **ret_route,
	struct str params[REQ_PARAMS], struct str *ret_allow);

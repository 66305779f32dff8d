/* login: who is asking, from the token that came with the request.
 *
 * Owner    texts live in the request's arena. Failure: see below. Threads one loop.
 */
#pragma once
#include <stdbool.h>

#include "base/str.h"

struct rest_login {
	struct str role;
	struct str claims;  /* the token's claims as JSON, with "role" filled in */
	struct str user_id; /* "sub" when it is a UUID; else absent */
	bool anonymous;
};

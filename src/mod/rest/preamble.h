/* preamble: the statement that opens each transaction of a request: who asks, and what SQL may know of the request.
 *
 * In plat's own database plat.enter() reads the login's memberships; on any other the settings of PostgREST are set. Settings of the
 * request (request.headers, …) are sent only when some function, policy or view reads them (rest_cache_uses()): building and setting
 * them costs more than many a query.
 *
 * Owner    statements live as long as the program; texts in the request's arena. Failure none. Threads one loop.
 */
#pragma once

#include "db/db.h"

#define REST_PREAMBLE_MAX 12

struct batch;
struct rest_request;

struct rest_preamble {
	const struct stmt *stmt;
	struct db_param params[REST_PREAMBLE_MAX];
	int n;
};

void rest_preamble(struct rest_request *r, struct rest_preamble *ret);

/* Settings that few requests have (time zone, SET options of role and function), as one more statement, in the arena; "" without. */
struct rest_extra {
	const char *sql;
	struct db_param *params;
	int n;
};
void rest_preamble_extra(struct rest_request *r, struct rest_extra *ret);

/* "set transaction isolation level …" when role or function ask for one; else NULL. A constant. */
const char *rest_preamble_isolation(const struct rest_request *r);

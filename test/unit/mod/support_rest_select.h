/* support_rest_select: a path with its query goes through parser, planner and PostgreSQL; the answer comes back as text.
 *
 *     static void finds_one(struct rct *t) { rst_rows(t, "/films?id=eq.1&select=id", "[{\"id\":1}]"); }
 *     ... RCT(finds_one) ...
 *
 * Rows are those of the schema "test". The settings are rst_config, and stay until the next test; what else a request may bring is in
 * rst_more, which a call uses up.
 */
#pragma once
#include "mod/rest/config.h"
#include "mod/rest/request.h"
#include "mod/rest/plan.h"
#include "mod/rest/site_local.h"
#include "support_rest_cache.h"

extern struct rest_config rst_config;
extern struct rest_site rst_site; /* has these settings, and nothing else */

struct rst_more {
	const char *accept, *prefer, *role;
	bool head;
	const char *schema; /* NULL: "test" */
};
extern struct rst_more rst_more;
extern bool rst_null_limit; /* a request without a limit has one that is null, as flow.c gives it */

int rst_setup(void **state); /* settings as they are without any */
int rst_fixture(
	void **state); /* the same, and the schema "test": films, and all that hangs on them */

/* The request, planned; NULL with what is wrong in *ret_fault. */
struct rest_request *rst_plan(struct rct *t, const char *path, struct rest_fault *ret_fault);
struct result *rst_run(struct rct *t, struct rest_request *r, const struct rest_statement *s);

/* What PostgreSQL says of r's statement, which must fail, in the form of rst_get(). */
const char *rst_failure(struct rct *t, struct rest_request *r);

/* The answer's body, or "400 PGRST100 message | details | hint" for a refusal by planner or PostgreSQL. */
const char *rst_get(struct rct *t, const char *path);

void rst_rows(struct rct *t, const char *path, const char *wanted);
void rst_sql_is(struct rct *t, const char *path, const char *wanted); /* the statement */
void rst_sql_has(struct rct *t, const char *path, const char *part);
void rst_sql_has_not(struct rct *t, const char *path, const char *part);

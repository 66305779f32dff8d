/* support_rest_write: a write or call goes through body, parser, planner and PostgreSQL; what came of it comes back as one line.
 *
 *     static void inserts(struct rct *t)
 *     {
 *             rsw(t, "POST", "/items?select=id", "{\"name\":\"x\"}", "1 [{\"id\":1}]", .prefer = "return=representation");
 *     }
 *     ... RSW(inserts) ...
 *
 * A line is "<rows written>[/<new ones>][ of <total>][ key=value …][ <body>]", or "400 PGRST102 message | details | hint". Tables are those of the
 * schema "w" (rsw_setup), made anew for each test; settings are rst_config. Everything is committed.
 */
#pragma once
#include "support_rest_cache.h"
#include "support_rest_select.h"

struct keyring;

struct rsw_more {
	const char *body, *wanted;
	const char *type; /* Content-Type; NULL: none */
	const char *prefer, *accept, *role, *schema;
	const struct keyring *keyring;
	bool refuse_unfiltered;
	struct str bytes; /* instead of a body that is a C string */
};

int rsw_setup(void **state);

#define RSW(f)                                          \
	{.name = #f,                                    \
		.test_func = rct_run,                   \
		.initial_state = &(struct rct_case){f}, \
		.setup_func = rsw_setup}

/* rsw(t, "POST", "/items", "{}", "1", .prefer = "…"): the line has to be this one. rsw_line() leaves the comparing to the test,
 * rsw_sql() gives the statement that the request becomes, "" when it is refused. */
#define rsw(t, method, path, sent, ...) \
	rsw_check(t, method, path, sent, &(struct rsw_more){.wanted = __VA_ARGS__})
#define rsw_line(t, method, path, ...) \
	rsw_send(t, method, path, &(struct rsw_more){.body = __VA_ARGS__})
#define rsw_sql(t, method, path, ...) \
	rsw_statement(t, method, path, &(struct rsw_more){.body = __VA_ARGS__})

void rsw_check(struct rct *t, const char *method, const char *path, const char *body,
	const struct rsw_more *more);
const char *rsw_send(struct rct *t, const char *method, const char *path,
	const struct rsw_more *more);
const char *rsw_statement(struct rct *t, const char *method, const char *path,
	const struct rsw_more *more);
void rsw_is(const char *what, const char *found, const char *wanted);

/* First column of the first row. */
void rsw_stored(struct rct *t, const char *sql, const char *wanted);

/* sql_guard: bounds on how many rows a statement writes or a function returns. The statement itself fails, so that its transaction is
 * undone: a number that is none, "plat rows=7", is read as one when there are too many, and the error says how many there were.
 *
 * Owner    none. Failure: as said. Threads pure.
 */
#pragma once
#include <stdint.h>

#include "mod/rest/plan.h"

struct db_error;
struct rest_request;
struct rest_sql;

/* Which bound the request has: one row for vnd.pgrst.object, max-affected with strict handling. */
enum rest_guard rest_guard_of(const struct rest_request *r);

/* An expression, null unless the number of rows, count ("count(*)"), is not allowed. */
void rest_guard_sql(const struct rest_request *r, struct rest_sql *s, const char *count);

/* Around a select, so that it fails when its rows are not allowed, none of them included. begin: "with ", or ", " behind a CTE. */
void rest_guard_begin(struct rest_sql *s, const char *begin);
void rest_guard_end(const struct rest_request *r, struct rest_sql *s);

/* Was it a guard that failed? Then PGRST116 or PGRST124 is recorded and -1 returned; else 0. Ask before rest_fault_sql(). */
int rest_guard_fault(struct rest_request *r, const struct db_error *e);

/* When the rows are there: too few for one object (PGRST116), none for PUT, whose key was another one (PGRST115), or too many for
 * a guard that was not in the statement. shown: rows of the answer; -1: it shows none. -1 with a fault; the transaction is then to be
 * undone. */
int rest_guard_check(struct rest_request *r, int64_t affected, int64_t shown);

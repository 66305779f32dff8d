/* result_local: the way between PGresult and struct result. Private to src/db.
 *
 * A struct result is a PGresult under another name, so that no layer above sees libpq.
 */
#pragma once
#include <libpq-fe.h>

#include "db/db.h"
#include "db/result.h"

PGresult *result_pg(const struct result *r);
struct result *result_of(PGresult *pg);

/* What a result says about a failure; the strings are copied into a. Leaves statement at 0. */
void result_error(const PGresult *pg, struct arena *a, struct db_error *ret_error);

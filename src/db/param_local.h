/* param_local: parameters as libpq wants them. Private to src/db.
 *
 * Owner    the arena given to params_copy().
 */
#pragma once
#include <libpq-fe.h>
#include <stddef.h>

#include "base/err.h"
#include "db/db.h"

struct params {
	int n;
	const char **values; /* each ends with NUL: libpq takes no length for text */
	Oid *types;
	int *lengths, *formats;
	size_t bytes;
};

/* Copies; E_INPUT when a text has a NUL inside, at which libpq would cut it off silently. */
int params_copy(struct arena *a, int n, const struct db_param *from, struct params *ret_params,
	struct err *e) MUST_CHECK;

/* A caller as the parameters of the preamble: $1 role, $2 claims, $3 user id, $4 milliseconds. */
int params_of_caller(struct arena *a, const struct db_caller *caller, struct params *ret_params,
	struct err *e) MUST_CHECK;

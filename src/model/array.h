/* array: PostgreSQL's text form of arrays, as text[] and uuid[] columns have it: {Pool,"Sea view",NULL}.
 *
 * Owner    the arena; elements without quotes point into the text.
 * Failure  model_array_split(): E_INPUT for what is no array of one dimension. Threads: pure.
 */
#pragma once
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct arena;

/* A null element is absent. text absent: no elements. */
int model_array_split(struct arena *a, struct str text, struct str **ret_list, size_t *ret_n,
	struct err *e) MUST_CHECK;

struct str model_array_join(struct arena *a, size_t n, const struct str *list);

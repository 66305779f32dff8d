/* plans: the plans that were made over one schema cache, found again by the shape of the request.
 *
 * Bounded: PLANS_MAX plans, the one unused for longest goes first. A plan in use by a request survives that (counted references).
 *
 * Owner    the cache (rest_cache_set_plans()). Failure none. Threads one loop.
 */
#pragma once
#include <stddef.h>

#include "base/str.h"

#define REST_PLANS_MAX 2000

struct rest_plan;
struct rest_plans;

struct rest_plans *rest_plans_new(void);
void rest_plans_free(struct rest_plans *p); /* NULL is fine */

struct rest_plan *rest_plans_find(struct rest_plans *p, struct str shape); /* borrowed; NULL */
void rest_plans_add(struct rest_plans *p, struct str shape,
	struct rest_plan *plan); /* takes a reference of its own */
/* a goes when these plans go: a configuration that requests over this cache may still read. */
struct arena;
void rest_plans_own(struct rest_plans *p, struct arena *a);

size_t rest_plans_len(const struct rest_plans *p);

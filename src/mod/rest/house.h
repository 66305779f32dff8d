/* house: the dialect in plat's own database: /rest/v1 over the modules' schemas.
 *
 * Owner    the module (rest.c). Failure a sentence. Threads one loop.
 */
#pragma once

#include "base/err.h"

struct rest_config;
struct service;

/* Configuration from plat's settings, in a. */
struct arena;
struct rest_config *rest_house_config(struct arena *a, const struct service *s,
	struct err *e) MUST_CHECK;

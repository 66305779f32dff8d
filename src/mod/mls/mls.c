/* The module's constant: what the server and the worker do for mls. */
#include "mod/mls/mls.h"

#include <stddef.h>

#include "app/cors.h"
#include "app/job.h"
#include "app/module.h"
#include "mod/mls/connection_route.h"

static const struct route routes[] = {
	{"OPTIONS", "/mls/v1/*", cors_preflight},
	{"GET", "/mls/v1/connections", connection_route_list},
	{0},
};

static const struct job_kind jobs[] = {
	{0},
};

const struct module mls_module = {
	.name = "mls",
	.routes = routes,
	.jobs = jobs,
};

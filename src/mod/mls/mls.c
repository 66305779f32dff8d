/* The module's constant: what the server and the worker do for mls. */
#include "mod/mls/mls.h"

#include <stddef.h>

#include "app/job.h"
#include "app/module.h"

static const struct route routes[] = {
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

/* The module's constant: what the server and the worker do for mls. */
#include "mod/mls/mls.h"

#include <stddef.h>

#include "app/cors.h"
#include "app/job.h"
#include "app/module.h"
#include "mod/mls/caller.h"
#include "mod/mls/connection_route.h"
#include "mod/mls/display.h"
#include "mod/mls/metadata_fetch.h"
#include "mod/mls/preview.h"
#include "mod/mls/remap.h"
#include "mod/mls/run.h"
#include "mod/mls/task_preview.h"

static const struct route routes[] = {
	{"OPTIONS", "/mls/v1/*", cors_preflight},
	{"GET", "/mls/v1/connections", connection_route_list},
	{"POST", "/mls/v1/connections", connection_route_create},
	{"GET", "/mls/v1/connections/:id", connection_route_get},
	{"PATCH", "/mls/v1/connections/:id", connection_route_change},
	{"DELETE", "/mls/v1/connections/:id", connection_route_remove},
	{"POST", "/mls/v1/connections/:id/pause", connection_route_pause},
	{"POST", "/mls/v1/connections/:id/resume", connection_route_resume},
	{"POST", "/mls/v1/connections/:id/test", connection_route_test},
	{"GET", "/mls/v1/connections/:id/metadata", connection_route_metadata},
	{"POST", "/mls/v1/connections/:id/metadata", connection_route_refresh},
	{"POST", "/mls/v1/connections/:id/sync", run_route_start},
	{"GET", "/mls/v1/runs", run_route_list},
	{"GET", "/mls/v1/runs/:id", run_route_show},
	{"GET", "/mls/v1/runs/:id/events", run_follow},
	{"POST", "/mls/v1/runs/:id/cancel", run_route_cancel},
	{"POST", "/mls/v1/runs/:id/retry", run_route_retry},
	{"POST", "/mls/v1/mappings/preview", preview_route},
	{"POST", "/mls/v1/tasks/preview", task_preview},
	{0},
};

static const struct job_kind jobs[] = {
	{.name = "mls.display",
		.run = display_job,
		.timeout_s = 3600,
		.most = 1,
		.every = "6 hours",
		.summary = "hides closed listings that were shown as long as their MLS allows"},
	{.name = "mls.metadata",
		.run = metadata_job,
		.timeout_s = 3600,
		.most = 1,
		.every = "1 day",
		.summary = "reads what each connected feed says that it has"},
	{.name = "mls.remap",
		.run = remap_job,
		.timeout_s = 6 * 3600,
		.most = 1,
		.every = "1 day",
		.summary = "maps listings again from their payloads after the mapping has changed"},
	{.name = "mls.schedule",
		.run = run_job_schedule,
		.every = "1 minute",
		.summary =
			"starts the syncs that are due, by the cadences of connections and import tasks"},
	{.name = "mls.settle",
		.run = run_job_settle,
		.timeout_s = 3600,
		.summary =
			"takes down, or brings back, the listings of an import task that was switched"},
	{.name = "mls.sync",
		.run = run_job_sync,
		.timeout_s = 6 * 3600,
		.most = 2,
		.summary = "replicates listings of a connection, or reconciles them with its keys"},
	{0},
};

static void stop(struct service *s)
{
	(void)s;
	caller_close();
}

const struct module mls_module = {
	.name = "mls",
	.routes = routes,
	.stop = stop,
	.jobs = jobs,
};

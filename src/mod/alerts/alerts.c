#include "mod/alerts/alerts.h"

#include "app/job.h"
#include "app/module.h"
#include "db/batch.h"
#include "mod/alerts/check.h"
#include "mod/alerts/follow.h"
#include "mod/alerts/post.h"
#include "mod/alerts/unsubscribe.h"

static int forget(struct job *j, struct err *e)
{
	struct batch *b = batch_new(j->arena);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	batch_add(b, "select mls.forget_alerts()", 0, NULL);
	return db_run(j->db, b, e);
}

static const struct job_kind jobs[] = {
	{.name = "alerts.match",
		.run = alerts_follow,
		.most = 1,
		.every = "10 seconds",
		.summary = "holds listings that changed against the saved searches"},
	{.name = "alerts.check",
		.run = alerts_check,
		.summary = "says whether the query of a saved search can be used"},
	{.name = "alerts.mail",
		.run = alerts_post,
		.most = 1,
		.every = "5 minutes",
		.summary = "mails what saved searches and favourites have to tell"},
	{.name = "alerts.forget",
		.run = forget,
		.every = "1 hour",
		.summary = "deletes alerts of more than 90 days ago"},
	{0},
};

static const struct route routes[] = {
	{"GET", "/alerts/v1/unsubscribe", alerts_unsubscribe_show},
	{"POST", "/alerts/v1/unsubscribe", alerts_unsubscribe_do},
	{0},
};

const struct module alerts_module = {.name = "alerts", .routes = routes, .jobs = jobs};

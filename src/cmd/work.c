/* plat work: does the background jobs. Any number of them may run, on any machine; PostgreSQL keeps them apart. */
#include <stdio.h>

#include "app/database.h"
#include "app/module.h"
#include "app/settings.h"
#include "cmd/args.h"
#include "cmd/login.h"
#include "mod/jobs/jobs.h"
#include "mod/mail/mail.h"

#define GRACE_MS 8000

static long long slots, lease_s = 60;

static int work(struct task *t, struct err *e)
{
	struct login l;

	if (login_open(t, &l, e))
		return e->code;
	struct jobs_options options = {.loop = t->loop,
		.db = l.db,
		.http = l.http,
		.keyring = database_keyring(l.database),
		.data = database_data_dir(l.database),
		.modules = modules,
		.slots = (int)(slots ? slots : setting_int(SET_WORK_SLOTS)),
		.lease_s = (int)lease_s};
	struct jobs_worker *w = jobs_start(&options, e);
	if (w)
		task_wait_for_stop(t);
	int code = e->code;
	jobs_stop(w, GRACE_MS);
	login_close(&l);
	return code;
}

static int run(int n, char **operands)
{
	struct err e = {0};
	(void)n, (void)operands;

	if (mail_check(&e))
		return 2;
	return task_run("work", work, NULL);
}

static const struct arg args[] = {
	{"slots", ARG_INT, &slots, "N", "jobs at a time; PLAT_WORK_SLOTS unless said", 1, 64},
	{"lease", ARG_INT, &lease_s, "SECONDS",
		"how long the jobs of a killed worker wait for another one; 60 unless said", 3,
		3600},
	{0},
};

const struct command work_command = {
	.name = "work",
	.summary = "do background jobs: mail, thumbnails, cleaning up",
	.details =
		"plat up runs one by itself. SIGTERM lets jobs end for 8 seconds; what is not done by then is given back and starts again\n"
		"elsewhere. After a kill the jobs start again when their lease has run out.",
	.examples = "plat work\nplat work --slots 16\n",
	.args = args,
	.run = run,
};

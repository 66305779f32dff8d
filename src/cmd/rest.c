/* plat rest: only the REST dialect, in front of any PostgreSQL. */
#include <signal.h>
#include <stdio.h>

#include "base/arena.h"
#include "cmd/args.h"
#include "cmd/file.h"
#include "cmd/task.h"
#include "loop/loop.h"
#include "mod/rest/config.h"
#include "mod/rest/standalone.h"

#define DRAIN_MS 10000

static bool dump_config, markdown;
static const char *config_file;

static void on_signal(int signum, void *arg)
{
	if (signum == SIGUSR1)
		rest_standalone_reload(arg);
	else
		rest_standalone_reload_config(arg);
}

struct gone {
	struct task *t;
	bool is_gone;
};

static void on_gone(void *arg)
{
	struct gone *g = arg;

	g->is_gone = true;
	task_stop(g->t);
}

static int dump(struct task *t, struct err *e)
{
	struct rest_config *c = rest_config_new(t->arena);

	if (rest_config_load(c, config_file, e) || rest_config_finish(c, e))
		return e->code;
	rest_config_print(stdout, c);
	return 0;
}

static int rest(struct task *t, struct err *e)
{
	struct rest_standalone *s;
	struct gone g = {.t = t};

	if (dump_config)
		return dump(t, e);
	s = rest_standalone_start(t->loop, config_file, e);
	if (!s)
		return e->code;
	loop_on_signal(t->loop, SIGUSR1, on_signal, s);
	loop_on_signal(t->loop, SIGUSR2, on_signal, s);
	rest_standalone_on_gone(s, on_gone, &g);
	task_wait_for_stop(t);
	loop_on_signal(t->loop, SIGUSR1, NULL, NULL);
	loop_on_signal(t->loop, SIGUSR2, NULL, NULL);
	rest_standalone_stop(s, DRAIN_MS);
	return g.is_gone ? err_set(e, E_BUSY,
				   "the database is gone, and db-pool-automatic-recovery is false")
			 : 0;
}

static int run(int n, char **operands)
{
	config_file = n ? operands[0] : NULL;
	if (markdown) {
		rest_config_print_markdown(stdout);
		return 0;
	}
	return task_run("rest", rest, NULL);
}

static const struct arg args[] = {
	{"dump-config", ARG_FLAG, &dump_config, NULL,
		"print the settings in force, without secrets, and end", 0, 0},
	{"markdown", ARG_FLAG, &markdown, NULL,
		"print the reference of all settings, docs/rest-config.md, and end", 0, 0},
	{0},
};

const struct command rest_command = {
	.name = "rest",
	.summary = "serve only the REST dialect, in front of any PostgreSQL",
	.operands = "[CONFIG]",
	.details =
		"Takes the settings of PostgREST: PGRST_* in the environment, a file, or in the database. docs/rest-config.md lists them. SIGUSR1 "
		"reads the schema again, SIGUSR2 the settings.",
	.examples =
		"PGRST_DB_URI=postgres://localhost/app PGRST_DB_ANON_ROLE=anon plat rest\nplat rest app.conf\n",
	.args = args,
	.run = run,
};

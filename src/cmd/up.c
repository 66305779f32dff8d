/* plat up: the whole of plat under one process: PostgreSQL when none is given, migrations, serving, and with --demo a workspace to
 * look around in. Everything stops cleanly on SIGTERM. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/cluster.h"
#include "app/database.h"
#include "app/migrate.h"
#include "app/settings.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "cmd/args.h"
#include "cmd/demo_load.h"
#include "cmd/keeper.h"
#include "cmd/task.h"
#include "db/db.h"

#define STOP_MS 15000

static const char *listen_at;
static long long workers = 1, feed_port = 8081, rows = 2000;
static bool demo;

struct up {
	struct task *t;
	struct database *database;
	struct keeper *serve, *work, *feed;
};

static void on_database_death(void *arg)
{
	struct up *u = arg;

	fprintf(stderr, "plat up: PostgreSQL ended by itself; stopping\n");
	task_stop(u->t);
}

static const char *own_path(struct arena *a)
{
	char *path = arena_zalloc(a, 4096);

	return readlink("/proc/self/exe", path, 4095) > 0 ? path : "plat";
}

static int migrate(struct up *u, struct err *e)
{
	struct migrate_report report;

	if (migrate_up(u->database, NULL, &report, e))
		return e->code;
	if (report.applied || report.live)
		printf("schema: %zu migrations and %zu live files applied in %.1f s\n",
			report.applied, report.live, (double)report.took_us / 1e6);
	return 0;
}

static void start_serving(struct up *u)
{
	struct arena *a = u->t->arena;
	const char *argv[] = {own_path(a), "serve", "--listen",
		listen_at ? listen_at : setting(SET_LISTEN), "--workers",
		arena_printf(a, "%lld", workers), NULL};

	u->serve = keeper_start(u->t->loop, "serve", argv, NULL);
	/* The demo tells what it does in lines of its own, among which the jobs that it causes say nothing. */
	bool is_quiet = demo && !getenv("PLAT_LOG_LEVEL");
	u->work = keeper_start(u->t->loop, "work", (const char *const[]){own_path(a), "work", NULL},
		is_quiet ? (const char *const[]){"PLAT_LOG_LEVEL=warn", NULL} : NULL);
}

static int load_demo(struct up *u, struct err *e)
{
	struct demo_load options = {.loop = u->t->loop,
		.arena = u->t->arena,
		.database = u->database,
		.program = own_path(u->t->arena),
		.feed_port = (int)feed_port,
		.rows = rows};

	return demo_load(&options, &u->feed, e);
}

static void say_ready(const struct up *u, int64_t began)
{
	const char *at = listen_at ? listen_at : setting(SET_LISTEN);
	const char *port = strrchr(at, ':');
	bool local = !strncmp(at, "127.0.0.1:", 10) || at[0] == ':';

	printf("\nplat is up after %.1f s: http://%s%s   (Ctrl-C stops it; data in %s)\n",
		(double)(mono_us() - began) / 1e6, local ? "localhost" : "",
		local && port ? port : at, database_data_dir(u->database));
	fflush(stdout);
}

static int bring_up(struct up *u, struct err *e)
{
	int64_t began = mono_us();

	u->database = database_open(u->t->loop, e);
	if (!u->database)
		return e->code;
	if (database_cluster(u->database)) {
		if (cluster_is_borrowed(database_cluster(u->database)))
			return err_set(e, E_CONFLICT, "another plat runs on the data directory %s",
				database_data_dir(u->database));
		cluster_on_death(database_cluster(u->database), on_database_death, u);
	}
	if (migrate(u, e))
		return e->code;
	start_serving(u);
	if (demo) {
		if (!getenv("PLAT_LOG_LEVEL"))
			log_set_level(LOG_LEVEL_WARN); /* what is done is told by the lines below */
		if (load_demo(u, e))
			return e->code;
	}
	say_ready(u, began);
	return 0;
}

static int up(struct task *t, struct err *e)
{
	struct up u = {.t = t};
	int code = bring_up(&u, e);

	if (!code)
		task_wait_for_stop(t);
	keeper_stop(u.feed, STOP_MS);
	keeper_stop(u.work, STOP_MS);
	keeper_stop(u.serve, STOP_MS);
	database_close(u.database);
	return code;
}

static int run(int n, char **operands)
{
	(void)n, (void)operands;
	if (listen_at) /* what links are made with, here and in the processes that are started */
		setenv("PLAT_LISTEN", listen_at, 1);
	return task_run("up", up, NULL);
}

static const struct arg args[] = {
	{"demo", ARG_FLAG, &demo, NULL,
		"a demo workspace with logins, and listings from plat's own feed", 0, 0},
	{"listen", ARG_TEXT, &listen_at, "HOST:PORT", "address to listen on; default PLAT_LISTEN",
		0, 0},
	{"workers", ARG_INT, &workers, "N", "serving processes; 1 unless said", 1, 64},
	{"rows", ARG_INT, &rows, "N", "listings in the demo's feed; 2000 unless said", 0, 10000000},
	{"feed-port", ARG_INT, &feed_port, "PORT",
		"port of the demo's feed on this machine; 8081 unless said", 1, 65535},
	{0},
};

const struct command up_command = {
	.name = "up",
	.summary =
		"everything: PostgreSQL when none is given, migrations, serving, background jobs",
	.details =
		"Without DATABASE_URL plat makes and runs a PostgreSQL of its own in the data directory. SIGTERM or Ctrl-C stops\n"
		"everything cleanly; after a kill the next start goes on with the same data.",
	.examples =
		"plat up\nplat up --demo\nDATABASE_URL=postgresql://plat@db/plat plat up --listen 0.0.0.0:8080 --workers 2\n",
	.args = args,
	.run = run,
};

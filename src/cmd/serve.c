/* plat serve: answers HTTP. One process is one event loop; --workers keeps several of them on one port. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/database.h"
#include "app/module.h"
#include "app/service.h"
#include "app/settings.h"
#include "base/arena.h"
#include "cmd/args.h"
#include "cmd/keeper.h"
#include "cmd/task.h"
#include "db/db.h"
#include "loop/loop.h"

#define DB_WAIT_MS 10000
#define DRAIN_MS 10000
#define KEEPER_STOP_MS 15000
#define WORKERS_MAX 64
#define THREADS_MIN 4
#define THREADS_MAX 66
#define SPARE_THREADS 2

static const char *listen_at;
static long long workers = 1;
static bool share_port;

/* Searches may take as many threads as there are cores (mod/search/store.c): sign-ins and files find another. */
static unsigned threads(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	return cores < THREADS_MIN - SPARE_THREADS ? THREADS_MIN
		: cores > THREADS_MAX              ? THREADS_MAX
						   : (unsigned)cores + SPARE_THREADS;
}

static int serve(struct task *t, struct err *e)
{
	loop_threads(threads());
	struct database *d = database_open(t->loop, e);
	struct db *db = d ? database_connect_login(d, DB_WAIT_MS, e) : NULL;
	struct service *s = NULL;

	if (db) {
		struct service_options options = {.loop = t->loop,
			.db = db,
			.listen = listen_at ? listen_at : setting(SET_LISTEN),
			.reuse_port = share_port,
			.modules = modules,
			.data = database_data_dir(d),
			.jwt_secret = database_jwt_secret(d),
			.keyring = database_keyring(d)};
		s = service_start(&options, e);
	}
	if (s)
		task_wait_for_stop(t);
	int code = e->code;
	service_stop(s, DRAIN_MS);
	db_close(db);
	database_close(d);
	return code;
}

static const char *own_path(struct arena *a)
{
	char *path = arena_zalloc(a, 4096);

	return readlink("/proc/self/exe", path, 4095) > 0 ? path : "plat";
}

static int serve_many(struct task *t, struct err *e)
{
	struct keeper *keepers[WORKERS_MAX];
	const char *argv[] = {own_path(t->arena), "serve", "--share-port", "--listen",
		listen_at ? listen_at : setting(SET_LISTEN), NULL};
	(void)e;

	for (long long i = 0; i < workers; i++)
		keepers[i] = keeper_start(t->loop, arena_printf(t->arena, "serve %lld", i + 1),
			argv, NULL);
	task_wait_for_stop(t);
	for (long long i = 0; i < workers; i++)
		keeper_stop(keepers[i], KEEPER_STOP_MS);
	return 0;
}

static int run(int n, char **operands)
{
	(void)n, (void)operands;
	if (listen_at) /* what links are made with */
		setenv("PLAT_LISTEN", listen_at, 1);
	return task_run("serve", workers > 1 ? serve_many : serve, NULL);
}

static const struct arg args[] = {
	{"listen", ARG_TEXT, &listen_at, "HOST:PORT", "address to listen on; default PLAT_LISTEN",
		0, 0},
	{"workers", ARG_INT, &workers, "N", "processes that share the port; 1 unless said", 1,
		WORKERS_MAX},
	{"share-port", ARG_FLAG, &share_port, NULL,
		"allow other processes on the same port (SO_REUSEPORT)", 0, 0},
	{0},
};

const struct command serve_command = {
	.name = "serve",
	.summary = "answer HTTP requests",
	.details =
		"The schema must be current (plat migrate). SIGTERM stops gracefully: requests in flight are finished.",
	.examples = "plat serve\nplat serve --listen 0.0.0.0:8080 --workers 2\n",
	.args = args,
	.run = run,
};

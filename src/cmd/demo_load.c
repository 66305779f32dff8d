#include "cmd/demo_load.h"

#include <glob.h>
#include <stdio.h>

#include "app/database.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "cmd/file.h"
#include "cmd/keeper.h"
#include "cmd/progress.h"
#include "db/db.h"
#include "http/client.h"
#include "loop/fiber.h"
#include "mod/demo/demo.h"
#include "mod/mls/mls.h"

#define PAYLOADS "../shared/data/reso/*.json"
#define DB_WAIT_MS 10000
#define FEED_WAIT_US 15000000

static void print_logins(const struct demo_login *logins)
{
	printf("\nLogins of the demo workspace (shown this once; plat demo --new-passwords makes new ones):\n");
	for (const struct demo_login *l = logins; l->email; l++)
		printf("  %-22s " STR_FMT "   %s\n", l->email, STR_ARG(l->password), l->roles);
	printf("\n");
	fflush(stdout);
}

static struct keeper *start_feed(const struct demo_load *o)
{
	const char *argv[] = {o->program, "feed", "--listen",
		arena_printf(o->arena, "127.0.0.1:%d", o->feed_port), "--rows",
		arena_printf(o->arena, "%lld", o->rows), "--dataset", DEMO_DATASET, NULL};

	const char *env[] = {arena_printf(o->arena, "FEED_TOKEN=" STR_FMT,
				     STR_ARG(demo_feed_token(database_keyring(o->database),
					     o->arena))),
		"PLAT_LOG_LEVEL=warn", NULL};

	return keeper_start(o->loop, "feed", argv, env);
}

/* The feed is another process of ours and takes a moment to build its index. */
static int wait_for_feed(const struct demo_load *o, struct http_client *http, struct err *e)
{
	struct http_fetch fetch = {.url = arena_printf(o->arena, "http://127.0.0.1:%d/live",
					   o->feed_port),
		.timeout_ms = 1000};

	int64_t until = mono_us() + FEED_WAIT_US;

	while (mono_us() < until) {
		const struct http_result *r = http_fetch_wait(http, o->arena, &fetch);
		if (!r->err.code && r->status == 200)
			return 0;
		if (fiber_sleep_ms(50))
			return err_set(e, E_CANCEL, "stopped");
	}
	return err_set(e, E_UPSTREAM,
		"the demo feed does not answer on port %d; is it taken? (--feed-port)",
		o->feed_port);
}

static void on_page(const struct sync_stats *stats, void *arg)
{
	progress_show(arg, stats->fetched, stats->total, "");
}

/* Saved payloads of real feeds, where there are some; they stay where they are. */
static int import_payloads(const struct sync_options *options, struct err *e)
{
	glob_t found;
	int code = 0;

	if (glob(PAYLOADS, 0, NULL, &found)) {
		printf("no saved payloads in " PAYLOADS ": none imported\n");
		return 0;
	}
	for (size_t i = 0; !code && i < found.gl_pathc; i++) {
		struct sync_stats stats;
		struct buf text;
		buf_init(&text, FILE_MAX_BYTES);
		code = file_read(found.gl_pathv[i], &text, e);
		if (!code)
			code = sync_import(options, found.gl_pathv[i], buf_view(&text),
				STR("bridge"), &stats, e);
		buf_done(&text);
		if (!code && stats.upserted)
			printf("%s: %lld listings\n", found.gl_pathv[i], (long long)stats.upserted);
	}
	globfree(&found);
	return code;
}

static int fill(const struct demo_load *o, struct db *db, struct http_client *http, struct err *e)
{
	struct progress p = progress_begin(stderr, "rows");
	struct sync_options options = {.loop = o->loop,
		.db = db,
		.keyring = database_keyring(o->database),
		.http = http,
		.on_page = on_page,
		.arg = &p};
	struct sync_stats stats;

	if (connection_find_workspace(db, o->arena, STR(DEMO_SLUG), &options.workspace_id, e) ||
		import_payloads(&options, e) || wait_for_feed(o, http, e) ||
		demo_connect(db, database_keyring(o->database), o->arena, o->feed_port, e) ||
		sync_workspace(&options, STR("bridge"), &stats, e))
		return e->code;
	progress_end(&p);
	printf("demo feed: %lld rows fetched, %lld new or changed, in %.1f s\n",
		(long long)stats.fetched, (long long)stats.upserted,
		(double)stats.duration_ms / 1000);
	return 0;
}

int demo_load(const struct demo_load *o, struct keeper **ret_feed, struct err *e)
{
	struct db *db = database_connect_login(o->database, DB_WAIT_MS, e);
	struct http_client *http = http_client_new(o->loop, NULL);
	const struct demo_login *logins;
	bool made;

	*ret_feed = start_feed(o);
	int code = db ? demo_make(db, o->arena, &made, &logins, e) : e->code;
	if (!code && made)
		print_logins(logins);
	if (!code)
		code = fill(o, db, http, e);
	http_client_free(http);
	db_close(db);
	return code;
}

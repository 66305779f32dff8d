/* plat sync: replicates listings from the workspace's MLS feed. plat import: loads a saved RESO page the same way. */
#include <stdio.h>

#include "app/database.h"
#include "base/arena.h"
#include "base/buf.h"
#include "cmd/args.h"
#include "cmd/file.h"
#include "cmd/login.h"
#include "cmd/progress.h"
#include "cmd/sync_follow.h"
#include "cmd/tasks.h"
#include "mod/mls/connection.h"
#include "mod/mls/sync.h"

static const char *workspace, *provider, *task;
static long long page_size;
static bool from_scratch, follow, sweep;

static void on_page(const struct sync_stats *stats, void *arg)
{
	char note[80];

	snprintf(note, sizeof note, "%lld changed", (long long)stats->upserted);
	progress_show(arg, stats->fetched, stats->total, note);
}

static void print_stats(const char *what, const struct sync_stats *s)
{
	printf("%s: %lld rows fetched, %lld new, %lld changed, %lld unchanged, %lld media rows written, in %.1f s\n",
		what, (long long)s->fetched, (long long)s->inserted,
		(long long)(s->upserted - s->inserted), (long long)s->unchanged,
		(long long)s->media, (double)s->duration_ms / 1000);
	if (s->vanished || s->revived || s->refetched)
		printf("%s: %lld rows fetched again, %lld taken down because two sweeps did not see them, %lld back\n",
			what, (long long)s->refetched, (long long)s->vanished,
			(long long)s->revived);
	if (s->errors || s->corrected)
		printf("%s: %lld rows could not be kept, %lld values could not be typed and are empty (their payload is kept)\n",
			what, (long long)s->errors, (long long)s->corrected);
}

static int options_for(struct task *t, const struct login *l, struct progress *p,
	struct sync_options *ret, struct err *e)
{
	*ret = (struct sync_options){.loop = t->loop,
		.db = l->db,
		.keyring = database_keyring(l->database),
		.http = l->http,
		.page_size = (int)page_size,
		.kind = sweep ? SYNC_RECONCILE : SYNC_CHANGES,
		.from_scratch = from_scratch,
		.by_hand = true,
		.on_page = on_page,
		.arg = p};
	return connection_find_workspace(l->db, t->arena, str_of(workspace), &ret->workspace_id, e);
}

/* A person asked, so the circuit breaker does not hold it. */
static int choose_task(struct task *t, const struct login *l, struct sync_options *o, struct err *e)
{
	struct tasks_found found;

	o->by_hand = true;
	if (!task)
		return 0;
	if (tasks_find(l->db, t->arena, o->workspace_id, str_of(provider), str_of(task), &found, e))
		return e->code;
	o->task_id = found.id;
	o->connection_id = found.connection_id;
	return 0;
}

static int sync(struct task *t, struct err *e)
{
	bool here = true;
	struct progress p = progress_begin(stderr, "rows");
	struct sync_options options;
	struct sync_stats stats;
	struct login l;

	if (login_open(t, &l, e))
		return e->code;
	int code = options_for(t, &l, &p, &options, e);
	if (!code)
		code = choose_task(t, &l, &options, e);
	if (!code && follow)
		code = sync_follow(t, l.db, &options, str_of(provider), &here, e);
	if (!code && here)
		code = sync_workspace(&options, str_of(provider), &stats, e);
	login_close(&l);
	progress_end(&p);
	if (!code && here)
		print_stats("sync", &stats);
	return code;
}

static int import_file(const struct sync_options *o, const char *path, struct err *e)
{
	struct sync_stats stats;
	struct buf text;

	buf_init(&text, FILE_MAX_BYTES);
	int code = file_read(path, &text, e);
	if (!code)
		code = sync_import(o, path, buf_view(&text), str_of(provider), &stats, e);
	buf_done(&text);
	if (!code)
		print_stats(path, &stats);
	return code;
}

static int import(struct task *t, struct err *e)
{
	struct progress p = progress_begin(stderr, "rows");
	struct sync_options options;
	struct login l;

	if (login_open(t, &l, e))
		return e->code;
	int code = options_for(t, &l, &p, &options, e);
	for (char **path = t->arg; !code && *path; path++)
		code = import_file(&options, *path, e);
	login_close(&l);
	progress_end(&p);
	return code;
}

static int run_sync(int n, char **operands)
{
	(void)n, (void)operands;
	return task_run("sync", sync, NULL);
}

static int run_import(int n, char **operands)
{
	if (!n) {
		fprintf(stderr, "plat import: say which file\n");
		return 2;
	}
	operands[n] = NULL; /* argv ends with NULL, so there is room */
	return task_run("import", import, operands);
}

static const struct arg sync_args[] = {
	{"workspace", ARG_TEXT, &workspace, "SLUG",
		"which workspace; may be left out when there is one", 0, 0},
	{"provider", ARG_TEXT, &provider, "NAME",
		"which connection; may be left out when there is one", 0, 0},
	{"page-size", ARG_INT, &page_size, "N", "rows asked for at once; 2000 unless said", 1,
		10000},
	{"from-scratch", ARG_FLAG, &from_scratch, NULL,
		"forget the cursor and read everything again", 0, 0},
	{"task", ARG_TEXT, &task, "NAME", "only this import task, whether it is due or not", 0, 0},
	{"sweep", ARG_FLAG, &sweep, NULL,
		"compare by keys: fetch what is missing or stale here, take down what two sweeps did not see; once a day by itself",
		0, 0},
	{"follow", ARG_FLAG, &follow, NULL,
		"leave the work to plat work, if one runs, and watch; Ctrl-C ends the watching alone",
		0, 0},
	{0},
};

static const struct arg import_args[] = {
	{"workspace", ARG_TEXT, &workspace, "SLUG",
		"which workspace; may be left out when there is one", 0, 0},
	{"provider", ARG_TEXT, &provider, "NAME",
		"whose field mapping to use: bridge (the default) or reso", 0, 0},
	{0},
};

const struct command sync_command = {
	.name = "sync",
	.summary = "replicate listings from the workspace's MLS feed",
	.details =
		"The first run reads the whole dataset, later ones what changed since. It may be stopped or killed at any moment; the\n"
		"next run goes on after the last page that was committed. What each run did stands in mls.sync_runs.",
	.examples =
		"plat sync\nplat sync --workspace lainey-levin --from-scratch\nplat sync --sweep --follow\n",
	.args = sync_args,
	.run = run_sync,
};

const struct command import_command = {
	.name = "import",
	.summary = "load saved RESO pages",
	.operands = "FILE...",
	.details =
		"A file holds a RESO Web API answer (an object with `value`) or one listing; - is standard input. It goes through the same\n"
		"mapping and loading as plat sync.",
	.examples = "plat import page.json\ncurl -s \"$FEED_URL\" | plat import -\n",
	.args = import_args,
	.run = run_import,
};

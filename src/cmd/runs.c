/* plat runs: what the sync did, is doing and shall not do. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "cmd/args.h"
#include "cmd/login.h"
#include "cmd/sync_follow.h"
#include "cmd/table.h"
#include "db/db.h"
#include "db/result.h"
#include "mod/mls/connection.h"

static const char *workspace, *status;
static long long limit = 20;

struct question {
	const char *verb, *id;
};

static const char list_sql[] =
	"select r.id, r.kind, coalesce(c.provider, '(gone)') as connection, coalesce(t.name, '') as task, r.status, "
	"to_char(r.started_at, 'YYYY-MM-DD HH24:MI:SS') as started, "
	"coalesce(round(extract(epoch from coalesce(r.finished_at, now()) - r.started_at)::numeric, 1)::text, '') || ' s' as took, "
	"coalesce(r.stats ->> 'fetched', '0') as fetched, coalesce(r.stats ->> 'upserted', '0') as changed, "
	"coalesce(r.stats ->> 'errors', '0') as errors, "
	"coalesce(left(r.error, 100), case when r.status = 'running' then r.progress ->> 'phase' end, '') as remark "
	"from mls.sync_runs r left join mls.mls_connections c on c.workspace_id = r.workspace_id and c.id = r.mls_connection_id "
	"left join mls.import_tasks t on t.workspace_id = r.workspace_id and t.id = r.import_task_id "
	"where r.workspace_id = $1::uuid and ($2::text is null or r.status = $2) order by r.started_at desc limit $3::int";

static const char show_sql[] =
	"select r.id, r.kind, r.status, c.provider as connection, t.name as task, r.started_at, r.finished_at, r.progress, r.stats, r.error, "
	"case when r.cancel_requested then 'asked for' end as cancel, u.email as requested_by "
	"from mls.sync_runs r left join mls.mls_connections c on c.workspace_id = r.workspace_id and c.id = r.mls_connection_id "
	"left join mls.import_tasks t on t.workspace_id = r.workspace_id and t.id = r.import_task_id "
	"left join auth.users u on u.id = r.requested_by where r.workspace_id = $1::uuid and r.id = $2::uuid";

static const char corrections_sql[] =
	"select n, field, reason, coalesce(example, '') as example from mls.sync_corrections "
	"where workspace_id = $1::uuid and sync_run_id = $2::uuid order by n desc, field, reason limit 100";

static int list(struct db *db, struct arena *a, struct str workspace_id, struct err *e)
{
	struct db_param p[] = {db_str(workspace_id), db_text(status), db_i64(a, limit)};
	struct result *r;

	if (login_ask(db, a, list_sql, 3, p, &r, e))
		return e->code;
	if (result_rows(r))
		table_print(stdout, r);
	else
		printf("There are no runs%s; plat sync starts one.\n",
			status ? " of that status" : "");
	return 0;
}

static int show(struct db *db, struct arena *a, struct str workspace_id, struct str id,
	struct err *e)
{
	struct db_param p[] = {db_str(workspace_id), db_str(id)};
	struct result *r;

	if (login_ask(db, a, show_sql, 2, p, &r, e))
		return e->code;
	table_print_one(stdout, r, 0);
	if (login_ask(db, a, corrections_sql, 2, p, &r, e))
		return e->code;
	if (result_rows(r)) {
		printf("\nput right, or emptied:\n");
		table_print(stdout, r);
	}
	return 0;
}

static int change(struct db *db, struct arena *a, struct str workspace_id, struct str id,
	const char *verb, struct err *e)
{
	bool is_cancel = !strcmp(verb, "cancel");
	struct db_param p[] = {db_str(id), db_str(workspace_id)};
	struct result *r;

	if (login_ask(db, a,
		    is_cancel
			    ? "select id, status from mls.cancel_run($1::uuid, $2::uuid)"
			    : "select n.id, n.status from mls.sync_runs r, mls.request_sync(r.mls_connection_id, r.import_task_id, r.kind, false, "
			      "r.workspace_id) n where r.workspace_id = $2::uuid and r.id = $1::uuid",
		    2, p, &r, e))
		return e->code;
	struct str now = result_text(r, 0, 1);
	if (!is_cancel)
		printf("run " STR_FMT " waits for plat work\n", STR_ARG(result_text(r, 0, 0)));
	else if (str_eq(now, STR("running")))
		printf("run " STR_FMT " is told to end after its page\n", STR_ARG(id));
	else
		printf("run " STR_FMT " has ended\n", STR_ARG(id));
	return 0;
}

/* The beginning of an id is enough when it is one run's alone. */
static int find(struct db *db, struct arena *a, struct str workspace_id, const char *text,
	struct str *ret_id, struct err *e)
{
	struct db_param p[] = {db_str(workspace_id), db_text(text)};
	struct result *r;

	if (login_ask(db, a,
		    "select id from mls.sync_runs where workspace_id = $1::uuid and starts_with(id::text, lower($2)) limit 2",
		    2, p, &r, e))
		return e->code;
	if (result_rows(r) != 1)
		return err_set(e, E_ABSENT,
			result_rows(r) ? "several runs begin with %s" : "there is no run %s", text);
	*ret_id = result_text(r, 0, 0);
	return 0;
}

static int runs(struct task *t, struct err *e)
{
	const struct question *q = t->arg;
	struct str workspace_id, id;
	struct login l;

	if (login_open(t, &l, e))
		return e->code;
	int code = connection_find_workspace(l.db, t->arena, str_of(workspace), &workspace_id, e);
	if (!code && q->id)
		code = find(l.db, t->arena, workspace_id, q->id, &id, e);
	if (!code && !q->id)
		code = list(l.db, t->arena, workspace_id, e);
	else if (!code && !strcmp(q->verb, "show"))
		code = show(l.db, t->arena, workspace_id, id, e);
	else if (!code && !strcmp(q->verb, "follow"))
		code = sync_follow_run(t, l.db, workspace_id, id, e);
	else if (!code)
		code = change(l.db, t->arena, workspace_id, id, q->verb, e);
	login_close(&l);
	return code;
}

static int run(int n, char **operands)
{
	static const char *const verbs[] = {"show", "follow", "cancel", "retry"};
	struct question q = {0};

	for (size_t i = 0; n && i < sizeof verbs / sizeof *verbs; i++)
		if (!strcmp(operands[0], verbs[i]))
			q.verb = verbs[i];
	if (n == 1 && !strcmp(operands[0], "list"))
		n = 0;
	if (n && (!q.verb || n != 2)) {
		fprintf(stderr,
			"plat runs: takes list, or one of show, follow, cancel and retry with the id of a run; see plat runs --help\n");
		return 2;
	}
	q.id = n ? operands[1] : NULL;
	return task_run("runs", runs, &q);
}

static const struct arg args[] = {
	{"workspace", ARG_TEXT, &workspace, "SLUG",
		"which workspace; may be left out when there is one", 0, 0},
	{"status", ARG_TEXT, &status, "STATUS", "only running, success or error", 0, 0},
	{"limit", ARG_INT, &limit, "N", "the latest N; 20 unless said", 1, 100000},
	{0},
};

const struct command runs_command = {
	.name = "runs",
	.summary = "list, show, follow, cancel and retry runs of the sync",
	.operands = "[list | show|follow|cancel|retry ID]",
	.details =
		"Every run of the sync has a row that says what it did and why it ended. `show` also tells what was put right in the rows.\n"
		"`follow` watches one to its end; `cancel` ends it after the page under way, `retry` asks plat work for the same again. The\n"
		"beginning of an id is enough.",
	.examples =
		"plat runs\nplat runs --status error\nplat runs show 3f1c\nplat runs cancel 3f1c\n",
	.args = args,
	.run = run,
};

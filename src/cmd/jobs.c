/* plat jobs: what is queued, running and dead, and trying again. */
#include <stdio.h>
#include <string.h>

#include "app/job.h"
#include "app/module.h"
#include "base/arena.h"
#include "base/enc.h"
#include "cmd/args.h"
#include "cmd/login.h"
#include "cmd/table.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/jobs/jobs.h"

static const char *status, *name;
static long long limit = 20;
static bool kinds, dead;

enum verb { LIST, SHOW, RETRY, RETRY_DEAD, CANCEL };

struct question {
	enum verb verb;
	const char *id;
};

#define MOMENT(column) "to_char(" column ", 'YYYY-MM-DD HH24:MI:SS')"

static const char list_sql[] =
	"select id, name, status, attempts || '/' || max_attempts as tries, " MOMENT("created_at") " as created, case status when 'queued' then 'at ' || " MOMENT(
		"run_at") " when 'running' then 'by ' || leased_by"
			  " else coalesce('took ' || round(extract(epoch from finished_at - started_at)::numeric, 1) || ' s', '') end as progress,"
			  " coalesce(left(last_error, 100), '') as error from plat.jobs"
			  " where ($1::text is null or status = $1) and ($2::text is null or name = $2)"
			  " order by id desc limit $3::int";

static const char show_sql[] =
	"select id, name, status, workspace_id, unique_key, priority, attempts, max_attempts, created_at, run_at, started_at, finished_at,"
	" leased_by, leased_until, case when cancel then 'asked for' end as cancel, payload, last_error from plat.jobs where id = $1::bigint";

static void print_list(const struct result *rows)
{
	if (!result_rows(rows) && (status || name))
		printf("No job matches. plat jobs lists the latest %lld of any kind and status.\n",
			limit);
	else if (!result_rows(rows))
		printf("There are no jobs: nothing was queued yet, or what was is done and forgotten.\n");
	else
		table_print(stdout, rows);
}

static int print_answer(const struct question *q, const struct result *rows, struct err *e)
{
	switch (q->verb) {
	case LIST: print_list(rows); break;
	case SHOW:
		if (!result_rows(rows))
			return err_set(e, E_ABSENT, "there is no job %s", q->id);
		table_print_one(stdout, rows, 0);
		break;
	case RETRY: printf("job %s is queued again\n", q->id); break;
	case RETRY_DEAD:
		printf("%lld dead jobs are queued again\n", (long long)result_i64(rows, 0, 0));
		break;
	case CANCEL:
		printf(str_eq(result_text(rows, 0, 0), STR("running"))
				? "job %s runs; its worker is told to end it\n"
				: "job %s is cancelled\n",
			q->id);
		break;
	}
	return 0;
}

static void ask(struct batch *b, struct arena *a, const struct question *q)
{
	struct db_param id = db_text(q->id), kind = db_text(name);

	switch (q->verb) {
	case LIST:
		batch_add(b, list_sql, 3,
			(struct db_param[]){db_text(status), kind, db_i64(a, limit)});
		break;
	case SHOW: batch_add(b, show_sql, 1, &id); break;
	case RETRY: batch_add(b, "select plat.retry_job($1::bigint)", 1, &id); break;
	case RETRY_DEAD: batch_add(b, "select plat.retry_dead_jobs($1)", 1, &kind); break;
	case CANCEL: batch_add(b, "select plat.cancel_job($1::bigint)", 1, &id); break;
	}
}

static int jobs(struct task *t, struct err *e)
{
	const struct question *q = t->arg;
	struct login l;

	if (login_open(t, &l, e))
		return e->code;
	struct batch *b = batch_new(t->arena);
	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	ask(b, t->arena, q);
	if (!db_run(l.db, b, e))
		print_answer(q, batch_result(b, 0), e);
	login_close(&l);
	return e->code;
}

static int print_kinds(void)
{
	struct arena *a = arena_new();
	const struct job_kind *const *list;
	size_t n = jobs_kinds(modules, a, &list);

	for (size_t i = 0; i < n; i++)
		printf("%-24s %-12s %s\n", list[i]->name, list[i]->every ? list[i]->every : "-",
			list[i]->summary ? list[i]->summary : "");
	arena_free(a);
	return 0;
}

static bool is_id(const char *text)
{
	int64_t id;

	return str_to_i64(str_of(text), &id) && id > 0;
}

static int misused(const char *what)
{
	fprintf(stderr, "plat jobs: %s; see plat jobs --help\n", what);
	return 2;
}

static bool is_status(const char *word)
{
	static const char *const statuses[] = {"queued", "running", "succeeded", "cancelled",
		"dead"};

	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
		if (!strcmp(word, statuses[i]))
			return true;
	return false;
}

/* LIST when it is none. */
static enum verb verb_of(const char *word)
{
	static const char *const verbs[] =
		{[SHOW] = "show", [RETRY] = "retry", [CANCEL] = "cancel"};

	for (enum verb v = SHOW; v <= CANCEL; v++)
		if (verbs[v] && !strcmp(word, verbs[v]))
			return v;
	return LIST;
}

static int run(int n, char **operands)
{
	struct question q = {.verb = n ? verb_of(operands[0]) : LIST};

	if (kinds)
		return print_kinds();
	if (status && !is_status(status))
		return misused("--status takes queued, running, succeeded, cancelled or dead");
	if (n && q.verb == LIST)
		return misused("takes show, retry or cancel, and the number of a job");
	if (dead && q.verb == RETRY && n == 1)
		q.verb = RETRY_DEAD;
	else if (n && (n != 2 || !is_id(operands[1])))
		return misused("say the number of one job");
	q.id = n == 2 ? operands[1] : NULL;
	return task_run("jobs", jobs, &q);
}

static const struct arg args[] = {
	{"status", ARG_TEXT, &status, "STATUS",
		"only queued, running, succeeded, cancelled or dead ones", 0, 0},
	{"name", ARG_TEXT, &name, "KIND", "only jobs of this kind", 0, 0},
	{"limit", ARG_INT, &limit, "N", "the latest N; 20 unless said", 1, 100000},
	{"kinds", ARG_FLAG, &kinds, NULL,
		"list the kinds of jobs that this program does, and how often", 0, 0},
	{"dead", ARG_FLAG, &dead, NULL, "with retry: all dead jobs, or those of --name", 0, 0},
	{0},
};

const struct command jobs_command = {
	.name = "jobs",
	.summary = "list, retry and cancel background jobs",
	.operands = "[show|retry|cancel ID]",
	.details =
		"A dead job failed as often as it may, or for a reason that will not go away; `show` says why. `retry` starts it from the\n"
		"first attempt. A running job that is cancelled ends when its worker hears of it.",
	.examples =
		"plat jobs\nplat jobs --status dead\nplat jobs show 17\nplat jobs retry 17\nplat jobs retry --dead --name mail.send\n"
		"plat jobs --kinds\n",
	.args = args,
	.run = run,
};

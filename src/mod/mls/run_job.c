#include "app/job.h"
#include "base/json.h"
#include "base/log.h"
#include "db/batch.h"
#include "db/result.h"
#include "loop/fiber.h"
#include "mod/mls/run.h"
#include "mod/mls/sync.h"

static int ask(struct job *j, const char *sql, int n, const struct db_param *params,
	struct result **ret_rows, struct err *e)
{
	struct batch *b = batch_new(j->arena);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	batch_add(b, sql, n, params);
	if (db_run(j->db, b, e))
		return e->code;
	*ret_rows = batch_result(b, 0);
	return 0;
}

int run_job_schedule(struct job *j, struct err *e)
{
	struct result *r;

	if (ask(j, "select mls.schedule_syncs()", 0, NULL, &r, e))
		return e->code;
	if (result_i64(r, 0, 0))
		log_info("sync.scheduled", LOG_INT("connections", result_i64(r, 0, 0)));
	return 0;
}

/* Batches, so that nobody waits long for a listing; begun again after a kill it finds what is left. */
int run_job_settle(struct job *j, struct err *e)
{
	struct str task_id = STR_NULL;
	struct db_param p[] = {db_str(j->workspace_id), db_null()};
	struct result *r;
	int64_t n = 1;

	if (!j->workspace_id.p || !json_to_str(json_get(j->payload, "task_id"), &task_id))
		return err_set(e, E_INPUT, "the payload names no workspace and import task");
	p[1] = db_str(task_id);
	while (n > 0) {
		if (ask(j, "select mls.apply_task($1::uuid, $2::uuid, 500)", 2, p, &r, e))
			return e->code;
		n = result_i64(r, 0, 0);
	}
	return 0;
}

static struct str text_of(const struct job *j, const char *key)
{
	struct str text = STR_NULL;

	json_to_str(json_get(j->payload, key), &text);
	return text;
}

static bool flag_of(const struct job *j, const char *key)
{
	bool flag = false;

	json_to_bool(json_get(j->payload, key), &flag);
	return flag;
}

/* A row that was made beforehand is taken over while nobody has ended it; a job that is tried again makes one of its own. */
static int read_run(struct job *j, struct str *run_id, bool *ret_cancelled, struct err *e)
{
	struct db_param p[] = {db_str(j->workspace_id), db_str(*run_id)};
	struct result *r;

	*ret_cancelled = false;
	if (!run_id->p)
		return 0;
	if (ask(j, "select status = 'running', cancel_requested from mls.sync_runs where workspace_id = $1 and id = $2::uuid",
		    2, p, &r, e))
		return e->code;
	*ret_cancelled = result_rows(r) && result_bool(r, 0, 1);
	if (!result_rows(r) || !result_bool(r, 0, 0))
		*run_id = STR_NULL;
	return 0;
}

/* The engine closes its own runs; this is for those it never got to. */
static int close_run(struct job *j, struct str run_id, const char *words, struct err *e)
{
	struct db_param p[] = {db_str(j->workspace_id), db_str(run_id), db_text(words)};
	struct result *r;

	if (!run_id.p)
		return 0;
	return ask(j,
		"with closed as (update mls.sync_runs set status = 'error', error = $3 "
		"where workspace_id = $1 and id = $2::uuid and status = 'running' returning workspace_id, id) "
		"select mls.tell_run(workspace_id, id) from closed",
		3, p, &r, e);
}

/* A conflict is told and not tried again: another process is at it, or the connection is paused or held, and the clock comes back by itself.
 * A token that was refused needs a person. */
static int judge(struct job *j, struct str run_id, struct err *why, struct err *e)
{
	struct str asked = text_of(j, "run_id");
	bool cancelled;

	if (why->code == E_CANCEL && fiber_is_cancelled())
		return err_set(e, E_CANCEL, "%s", why->msg);
	if (read_run(j, &asked, &cancelled, e) || close_run(j, run_id, why->msg, e))
		return e->code;
	if (cancelled || why->code == E_CONFLICT || why->code == E_CANCEL) {
		log_info("sync.skipped", LOG_STR("connection_id", text_of(j, "connection_id")),
			LOG_STR("reason", str_of(why->msg)));
		return 0;
	}
	return err_set(e, why->code == E_LOGIN ? E_RIGHT : (enum err_code)why->code, "%s",
		why->msg);
}

int run_job_sync(struct job *j, struct err *e)
{
	struct str run_id = text_of(j, "run_id");
	struct err why = {.arena = j->arena};
	struct sync_stats stats;
	bool cancelled;

	if (!j->workspace_id.p || !text_of(j, "connection_id").p)
		return err_set(e, E_INPUT, "the payload names no workspace and connection");
	if (read_run(j, &run_id, &cancelled, e))
		return e->code;
	if (cancelled)
		return close_run(j, run_id, "cancelled before it began", e);
	struct sync_options o = {
		.loop = j->loop,
		.db = j->db,
		.keyring = j->keyring,
		.http = j->http,
		.workspace_id = j->workspace_id,
		.kind = str_eq(text_of(j, "kind"), STR("reconcile")) ? SYNC_RECONCILE
								     : SYNC_CHANGES,
		.connection_id = text_of(j, "connection_id"),
		.task_id = text_of(j, "task_id"),
		.run_id = run_id,
		.only_due = flag_of(j, "only_due"),
		.by_hand = flag_of(j, "by_hand"),
		.from_scratch = flag_of(j, "from_scratch"),
	};
	return sync_workspace(&o, STR_NULL, &stats, &why) ? judge(j, run_id, &why, e) : 0;
}

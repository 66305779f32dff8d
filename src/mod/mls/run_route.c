#include "base/buf.h"
#include "base/json.h"
#include "db/batch.h"
#include "db/result.h"
#include "http/reply.h"
#include "mod/mls/caller.h"
#include "mod/mls/run.h"

#define LIST_DEFAULT 50
#define LIST_MAX 200

static int answer_run(struct caller *c, struct batch *b, int status)
{
	if (caller_run(c, b))
		return -1;
	const struct result *r = batch_result(b, 0);
	if (!result_rows(r))
		return caller_fault(c, 404, "there is no such run");
	if (status == 202)
		http_reply_header(c->http, "Location",
			str_printf(c->arena, "/mls/v1/runs/" STR_FMT,
				STR_ARG(result_text(r, 0, 1))));
	return caller_reply_text(c, status, result_text(r, 0, 0));
}

static int start(struct caller *c)
{
	static const char *const names[] = {"task_id", "kind", "from_scratch", NULL};
	struct str connection, task, kind;
	bool from_scratch;

	if (caller_param_id(c, 0, "connection", &connection) || caller_body_only(c, names) ||
		caller_body_str(c, "task_id", &task) || caller_body_str(c, "kind", &kind) ||
		caller_body_bool(c, "from_scratch", false, &from_scratch))
		return -1;
	struct db_param p[] = {db_str(connection), db_str(task),
		db_str(kind.p ? kind : STR("sync")), db_bool(from_scratch),
		db_str(c->workspace_id)};
	struct batch *b = caller_batch(c);
	batch_add(b,
		"select mls.run_json(r)::text, r.id from mls.request_sync($1::uuid, $2::uuid, $3, $4::boolean, $5::uuid) r",
		5, p);
	return answer_run(c, b, 202);
}

static int read_limit(struct caller *c, int64_t *ret_limit)
{
	struct str text = caller_query(c, "limit");

	*ret_limit = LIST_DEFAULT;
	if (text.p && (!str_to_i64(text, ret_limit) || *ret_limit < 1 || *ret_limit > LIST_MAX))
		return caller_fault(c, 400, "limit has to be a number from 1 to %d", LIST_MAX);
	return 0;
}

static int list(struct caller *c)
{
	struct str connection = caller_query(c, "connection_id"),
		   status = caller_query(c, "status");
	int64_t limit;

	if (read_limit(c, &limit))
		return -1;
	struct db_param p[] = {db_str(c->workspace_id), db_str(connection), db_str(status),
		db_i64(c->arena, limit)};
	struct batch *b = caller_batch(c);
	batch_read_only(b);
	batch_add(b,
		"select coalesce(jsonb_agg(mls.run_json(r) order by r.started_at desc, r.id), '[]')::text from ("
		"select * from mls.sync_runs where workspace_id = $1::uuid and ($2::text is null or mls_connection_id::text = $2) "
		"and ($3::text is null or status = $3) order by started_at desc limit $4::int) r",
		4, p);
	return caller_run(c, b) ? -1 : caller_reply_row(c, b);
}

/* The corrections are what most runs are looked at for. */
static int show(struct caller *c)
{
	struct str id;

	if (caller_param_id(c, 0, "run", &id))
		return -1;
	struct db_param p[] = {db_str(c->workspace_id), db_str(id)};
	struct batch *b = caller_batch(c);
	batch_read_only(b);
	batch_add(b,
		"select (mls.run_json(r) || jsonb_build_object('corrections', (select coalesce(jsonb_agg(jsonb_build_object("
		"'field', k.field, 'reason', k.reason, 'n', k.n, 'example', k.example) order by k.n desc, k.field, k.reason), '[]') "
		"from mls.sync_corrections k where k.workspace_id = r.workspace_id and k.sync_run_id = r.id)))::text, r.id "
		"from mls.sync_runs r where r.workspace_id = $1::uuid and r.id = $2::uuid",
		2, p);
	return answer_run(c, b, 200);
}

static int cancel(struct caller *c)
{
	struct str id;

	if (caller_param_id(c, 0, "run", &id))
		return -1;
	struct db_param p[] = {db_str(id), db_str(c->workspace_id)};
	struct batch *b = caller_batch(c);
	batch_add(b, "select mls.run_json(r)::text, r.id from mls.cancel_run($1::uuid, $2::uuid) r",
		2, p);
	return answer_run(c, b, 202);
}

static int retry(struct caller *c)
{
	struct str id;

	if (caller_param_id(c, 0, "run", &id))
		return -1;
	struct db_param p[] = {db_str(id), db_str(c->workspace_id)};
	struct batch *b = caller_batch(c);
	batch_add(b,
		"select mls.run_json(n)::text, n.id from mls.sync_runs r, "
		"mls.request_sync(r.mls_connection_id, r.import_task_id, r.kind, false, r.workspace_id) n "
		"where r.workspace_id = $2::uuid and r.id = $1::uuid",
		2, p);
	return answer_run(c, b, 202);
}

void run_route_start(struct req *r)
{
	caller_start(r, CALLER_AGENT | CALLER_WRITES | CALLER_BODY, start);
}

void run_route_list(struct req *r)
{
	caller_start(r, CALLER_AGENT, list);
}

void run_route_show(struct req *r)
{
	caller_start(r, CALLER_AGENT, show);
}

void run_route_cancel(struct req *r)
{
	caller_start(r, CALLER_AGENT | CALLER_WRITES, cancel);
}

void run_route_retry(struct req *r)
{
	caller_start(r, CALLER_AGENT | CALLER_WRITES, retry);
}

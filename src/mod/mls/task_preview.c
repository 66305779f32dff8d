#include "mod/mls/task_preview.h"

#include "app/service.h"
#include "app/worker.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/enc.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/uuid.h"
#include "db/batch.h"
#include "db/result.h"
#include "db/session.h"
#include "http/client.h"
#include "mod/mls/caller.h"
#include "mod/mls/scope.h"
#include "mod/mls/source.h"
#include "mod/mls/task_filter.h"

#define COUNT_BYTES (8 << 20) /* a source may send whole rows whatever was asked for */
#define COUNT_TIMEOUT_MS 20000
#define COUNTED_FILTERS 10 /* a person waits for the answer */

/* --- the count ---------------------------------------------------------------------------------- */

static struct str count_url(struct source *source, struct arena *a, struct str filter)
{
	struct str options = STR("%24top=1&%24count=true");

	if (filter.p)
		options = STR_JOIN(a, options, STR("&%24filter="), enc_percent(a, filter));
	return source_url(source, a, "Property", options);
}

static int count_one(struct source *source, struct arena *a, struct str filter, int64_t *ret_n,
	struct err *e)
{
	struct source_call call = {.url = count_url(source, a, filter),
		.max_bytes = COUNT_BYTES,
		.timeout_ms = COUNT_TIMEOUT_MS};
	const struct http_result *r = source_get(source, a, &call);
	struct err bad = {.arena = a};

	if (r->err.code)
		return err_set(e, r->err.code, "%s", r->err.msg);
	if (r->status == 400)
		return err_set(e, E_UPSTREAM, "the source refuses the filter (status 400)");
	if (r->status != 200)
		return err_set(e, E_UPSTREAM, "the source answered with status %d", r->status);
	if (!json_to_i64(json_get(json_parse(a, r->body, &bad), "@odata.count"), ret_n))
		return err_set(e, E_UPSTREAM, "the source does not count");
	return 0;
}

int task_preview_count(struct source *source, struct arena *a, const struct task_filters *filters,
	int64_t *ret_n, struct err *e)
{
	int64_t all = 0, one;

	if (filters->n > COUNTED_FILTERS)
		return err_set(e, E_LIMIT, "%zu filters are too many to be counted at once",
			filters->n);
	for (size_t i = 0; i < filters->n; i++) {
		if (count_one(source, a, filters->text[i], &one, e))
			return e->code;
		all += one;
	}
	*ret_n = all;
	return 0;
}

/* --- the endpoint ------------------------------------------------------------------------------- */

struct wish {
	struct str task_id, connection_id;
	const struct json *task; /* its row, with what the body changes */
	struct str change;       /* what mls.preview_task_change() says; absent for a new task */
};

static const char *const names[] = {"task_id", "connection_id", "category", "filter_config",
	"status_filters", "price_min", "price_max", "max_import_limit", NULL};

/* As the caller may see it. */
static int read_wish(struct caller *c, struct wish *w)
{
	struct str body = json_text_dup(c->arena, c->body);
	struct db_param p[] = {db_str(c->workspace_id), db_str(w->task_id),
		db_str(w->connection_id), db_str(body)};
	struct batch *b = caller_batch(c);

	batch_read_only(b);
	batch_add(b,
		w->task_id.p
			? "select t.mls_connection_id, jsonb_build_object('category', t.category, 'filter_config', t.filter_config, "
			  "'status_filters', t.status_filters, 'price_min', t.price_min, 'price_max', t.price_max, "
			  "'max_import_limit', t.max_import_limit) || ($4::jsonb - 'task_id' - 'connection_id'), "
			  "mls.preview_task_change(t.id, t.workspace_id) from mls.import_tasks t "
			  "where t.workspace_id = $1::uuid and t.id = $2::uuid and ($3::uuid is null or t.mls_connection_id = $3::uuid)"
			: "select c.id, $4::jsonb, null from mls.mls_connections c "
			  "where c.workspace_id = $1::uuid and c.id = coalesce($3::uuid, $2::uuid)",
		4, p);
	if (caller_run(c, b))
		return -1;
	const struct result *r = batch_result(b, 0);
	if (!result_rows(r))
		return caller_fault(c, 404,
			w->task_id.p ? "there is no such import task"
				     : "there is no such connection");
	w->connection_id = result_text(r, 0, 0);
	w->task = json_parse(c->arena, result_text(r, 0, 1), &c->err);
	w->change = result_text(r, 0, 2);
	return w->task ? 0 : caller_fail(c, &c->err);
}

static int open_source(struct caller *c, const struct wish *w, struct http_client *http,
	struct source **ret_source, struct task_filters *ret_filters)
{
	struct session *s = worker_session(c->db, &c->err);
	struct source_from from = {.db = c->db,
		.keyring = service_keyring(c->service),
		.http = http,
		.s = s,
		.workspace_id = c->workspace_id,
		.connection_id = w->connection_id,
		.even_if_held = true};
	int code = s ? source_open(c->arena, &from, ret_source, &c->err) : c->err.code;

	if (!code)
		code = scope_compile(s, c->arena, *ret_source, w->task, ret_filters, &c->err);
	session_close(s);
	return code ? caller_fail(c, &c->err) : 0;
}

static int answer(struct caller *c, const struct wish *w, const struct task_filters *filters,
	const int64_t *count, const char *problem)
{
	int64_t limit = 0;
	struct buf b;

	json_to_i64(json_get(w->task, "max_import_limit"), &limit);
	buf_init(&b, 0);
	struct jsonw j = jsonw_to(&b);
	jsonw_obj(&j);
	jsonw_key(&j, "filters");
	jsonw_arr(&j);
	for (size_t i = 0; i < filters->n; i++)
		if (filters->text[i].p)
			jsonw_str(&j, filters->text[i]);
	jsonw_end(&j);
	jsonw_key(&j, "count");
	if (count)
		jsonw_i64(&j, *count);
	else
		jsonw_null(&j);
	jsonw_key(&j, "limit");
	if (limit > 0)
		jsonw_i64(&j, limit);
	else
		jsonw_null(&j);
	jsonw_key(&j, "problem"), jsonw_cstr(&j, problem);
	jsonw_key(&j, "change"), jsonw_raw(&j, w->change);
	jsonw_end(&j);
	int code = caller_reply(c, 200, &b);
	buf_done(&b);
	return code;
}

static int is_uuid_or_absent(struct caller *c, const char *name, struct str *ret_id)
{
	struct uuid id;

	if (caller_body_str(c, name, ret_id))
		return -1;
	return !ret_id->p || uuid_parse(*ret_id, &id)
		? 0
		: caller_fault(c, 400, "%s has to be an id, as a UUID", name);
}

static int preview(struct caller *c)
{
	struct wish w = {0};
	struct source *source;
	struct task_filters filters;
	struct err why = {.arena = c->arena};
	int64_t n;

	if (caller_body_only(c, names) || is_uuid_or_absent(c, "task_id", &w.task_id) ||
		is_uuid_or_absent(c, "connection_id", &w.connection_id))
		return -1;
	if (!w.task_id.p && !w.connection_id.p)
		return caller_fault(c, 400,
			"say which task_id, or for a new task which connection_id");
	if (read_wish(c, &w))
		return -1;
	struct http_client *http = http_client_new(service_loop(c->service), NULL);
	int code = open_source(c, &w, http, &source, &filters);
	if (!code && task_preview_count(source, c->arena, &filters, &n, &why))
		code = answer(c, &w, &filters, NULL, why.msg);
	else if (!code)
		code = answer(c, &w, &filters, &n, NULL);
	http_client_free(http);
	return code;
}

void task_preview(struct req *r)
{
	caller_start(r, CALLER_AGENT | CALLER_BODY, preview);
}

#include "mod/rest/openapi.h"

#include "base/arena.h"
#include "base/buf.h"
#include "db/batch.h"
#include "db/result.h"
#include "http/request.h"
#include "mod/rest/cache.h"
#include "mod/rest/config.h"
#include "mod/rest/media.h"
#include "mod/rest/openapi_local.h"
#include "mod/rest/preamble.h"
#include "mod/rest/reply.h"
#include "mod/rest/reply_local.h"
#include "mod/rest/request.h"
#include "mod/rest/run.h"
#include "mod/rest/site.h"

/* Only the current role's rights are asked for, of the objects that the cache knows. */
static const char *const tables_sql =
	"select c.oid::int8, has_table_privilege(c.oid, 'select') or has_any_column_privilege(c.oid, 'select'),"
	" has_table_privilege(c.oid, 'insert') or has_any_column_privilege(c.oid, 'insert'),"
	" has_table_privilege(c.oid, 'update') or has_any_column_privilege(c.oid, 'update'), has_table_privilege(c.oid, 'delete')"
	" from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
	" where n.nspname = $1 and c.relkind in ('r', 'v', 'm', 'f', 'p') and has_schema_privilege(n.oid, 'usage')";
static const char *const funcs_sql =
	"select p.oid::int8 from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace"
	" where n.nspname = $1 and has_schema_privilege(n.oid, 'usage') and has_function_privilege(p.oid, 'execute')";

struct asked {
	struct openapi o;
	int tables, funcs;
};

static void send(struct openapi *o)
{
	struct rest_request *r = o->r;
	struct buf out;
	struct jsonw w;

	buf_init(&out, 0);
	w = jsonw_to(&out);
	openapi_document(&w, o);
	reply_common(r);
	rest_answer_send_buf(r, 200,
		o->is_31 ? STR("application/vnd.oai.openapi+json;version=3.1; charset=utf-8")
			 : STR("application/openapi+json; charset=utf-8"),
		&out);
}

static void add_table(struct openapi *o, const struct rest_table *t, bool s, bool i, bool u, bool d)
{
	if (!s && !i && !u && !d)
		return;
	o->tables[o->n_tables++] = (struct openapi_table){.table = t,
		.may_select = s,
		.may_insert = i && t->may_insert,
		.may_update = u && t->may_update,
		.may_delete = d && t->may_delete};
}

/* The row of an object in an answer; -1 when the role may do nothing with it. */
static int row_of(const struct result *res, unsigned oid)
{
	for (int i = 0, n = result_rows(res); i < n; i++)
		if (result_i64(res, i, 0) == (int64_t)oid)
			return i;
	return -1;
}

static bool is_here(const struct openapi *o, struct str schema)
{
	return str_eq(schema, o->r->schema);
}

/* rights NULL: everything is shown. */
static void choose_tables(struct openapi *o, const struct result *rights)
{
	const struct rest_cache *c = o->r->cache;
	size_t n = rest_cache_tables(c);

	o->tables = arena_array(o->r->arena, n + 1, sizeof *o->tables);
	for (size_t i = 0; i < n; i++) {
		const struct rest_table *t = rest_cache_table_at(c, i);
		if (!t->is_exposed || !is_here(o, t->schema))
			continue;
		int row = rights ? row_of(rights, t->oid) : -1;
		if (!rights)
			add_table(o, t, true, true, true, true);
		else if (row >= 0)
			add_table(o, t, result_bool(rights, row, 1), result_bool(rights, row, 2),
				result_bool(rights, row, 3), result_bool(rights, row, 4));
	}
}

static void choose_funcs(struct openapi *o, const struct result *rights)
{
	const struct rest_cache *c = o->r->cache;
	size_t n = rest_cache_funcs(c);

	o->funcs = arena_array(o->r->arena, n + 1, sizeof(*o->funcs));
	for (size_t i = 0; i < n; i++) {
		const struct rest_func *f = rest_cache_func_at(c, i);
		bool is_first = !o->n_funcs || !str_eq(o->funcs[o->n_funcs - 1]->name, f->name);
		if (f->is_exposed && is_here(o, f->schema) && is_first &&
			(!rights || row_of(rights, f->oid) >= 0))
			o->funcs[o->n_funcs++] = f;
	}
}

static void on_rights(struct batch *b, void *arg)
{
	struct asked *a = arg;
	struct rest_request *r = a->o.r;

	if (batch_code(b) == 0) {
		choose_tables(&a->o, batch_result(b, a->tables));
		choose_funcs(&a->o, batch_result(b, a->funcs));
		send(&a->o);
		return;
	}
	if (batch_db_error(b))
		rest_run_failed(r, batch_db_error(b));
	else
		rest_run_busy(r, batch_err(b));
	rest_reply_fault(r);
}

static void on_gone(struct http_request *http, void *arg)
{
	batch_forget(arg);
	http_drop(http);
}

static void ask_rights(struct openapi o)
{
	struct rest_request *r = o.r;
	struct asked *a = ARENA_NEW(r->arena, struct asked);
	struct batch *b = batch_new(r->arena);
	struct db_param schema = db_str(r->schema);
	struct rest_preamble preamble;

	a->o = o;
	rest_preamble(r, &preamble);
	batch_enter(b, preamble.stmt, preamble.n, preamble.params);
	a->tables = batch_add(b, tables_sql, 1, &schema);
	a->funcs = batch_add(b, funcs_sql, 1, &schema);
	batch_read_only(b);
	int code = db_submit(rest_site_db(r->site), b, on_rights, a);
	if (code == 0) {
		http_on_gone(r->http, on_gone, b);
		return;
	}
	rest_run_busy(r, &(struct err){.arena = r->arena, .code = code});
	rest_reply_fault(r);
}

static int prepare(struct rest_request *r, struct openapi *o)
{
	struct rest_parse p = {.arena = r->arena, .query = r->http->query};

	if (rest_site_config(r->site)->openapi_mode == REST_OPENAPI_DISABLED)
		return rest_fault(&r->fault, 404, "PGRST126", "Root endpoint metadata is disabled");
	if (rest_parse_query(&p, &r->query, &r->fault) || rest_media_choose(r))
		return -1;
	o->is_31 = r->query.openapi == 31 || r->accept->media == REST_MEDIA_OPENAPI31;
	return 0;
}

void rest_openapi_serve(struct rest_request *r)
{
	struct openapi o = {.r = r};

	if (prepare(r, &o)) {
		rest_reply_fault(r);
	} else if (rest_site_config(r->site)->openapi_mode == REST_OPENAPI_IGNORE) {
		choose_tables(&o, NULL);
		choose_funcs(&o, NULL);
		send(&o);
	} else {
		ask_rights(o);
	}
}

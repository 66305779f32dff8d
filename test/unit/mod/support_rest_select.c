#include "support_rest_select.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/enc.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/rest/call.h"
#include "mod/rest/encode.h"
#include "mod/rest/keyset.h"
#include "mod/rest/select.h"
#include "mod/rest/site.h"

struct rest_config rst_config;
struct rst_more rst_more;

/* The site of a request is its settings here. */
__attribute__((weak)) const struct rest_config *rest_site_config(const struct rest_site *s)
{
	return (const struct rest_config *)(const void *)s;
}

int rst_setup(void **state)
{
	(void)state;
	rst_config = (struct rest_config){.db_max_rows = -1,
		.db_aggregates_enabled = true,
		.db_plan_enabled = true,
		.url_use_legacy_target_names = true};
	rst_more = (struct rst_more){.schema = NULL};
	return 0;
}

static struct rest_request *request_of(struct rct *t, const struct rst_more *more)
{
	struct rest_request *r = ARENA_NEW(t->arena, struct rest_request);

	r->arena = r->fault.arena = r->values.arena = t->arena;
	r->cache = t->cache;
	r->site = (struct rest_site *)(void *)&rst_config;
	r->method = more->head ? REST_HEAD : REST_GET;
	r->schema = str_of(more->schema ? more->schema : "test");
	r->login.role = str_of(more->role ? more->role : "postgres");
	r->role = more->role ? rest_cache_role(t->cache, str_of(more->role)) : -1;
	return r;
}

static int read_headers(struct rest_request *r, const struct rst_more *more)
{
	if (rest_parse_prefer(r->arena, str_of(more->prefer), &r->prefer, &r->fault))
		return -1;
	if (!more->accept)
		return 0;
	if (rest_parse_accept(r->arena, str_of(more->accept), &r->accepts, &r->n_accepts,
		    &r->fault))
		return -1;
	r->accept = r->accepts;
	return 0;
}

static int read_path(struct rest_request *r, struct str path)
{
	struct str query = path, head = str_cut(&query, '?');
	struct rest_parse p = {.arena = r->arena,
		.query = query,
		.legacy_targets = rst_config.url_use_legacy_target_names};

	p.is_call = p.is_read_call = str_starts(head, STR("/rpc/"));
	r->target = p.is_call ? REST_TARGET_CALL : REST_TARGET_TABLE;
	assert_true(
		enc_percent_decode(r->arena, str_sub(head, p.is_call ? 5 : 1, head.len), &r->name));
	r->func = p.is_call ? rest_cache_func(r->cache, r->schema, r->name) : NULL;
	p.is_arg = rest_call_is_arg;
	p.arg = r->func;
	if (rest_parse_query(&p, &r->query, &r->fault))
		return -1;
	r->table = rest_cache_table(r->cache, r->schema, r->name);
	if (p.is_call)
		return rest_call_choose(r);
	if (!r->table)
		fail_msg("there is no table " STR_FMT, STR_ARG(r->name));
	return 0;
}

static int make_plan(struct rest_request *r)
{
	struct rest_plan *p = ARENA_NEW(r->arena, struct rest_plan);
	struct buf shape;
	int code = 0;

	buf_init(&shape, 0);
	rest_shape_query(&shape, &r->values, &r->query);
	code = rest_body_shape(r, &shape);
	if (code == 0)
		code = rest_select_shape(r, &shape);
	buf_done(&shape);
	p->arena = r->arena;
	p->limit_value = p->inserted_col = p->affected_col = -1;
	r->plan = p;
	if (code)
		return code;
	return r->target == REST_TARGET_CALL ? rest_plan_call(r, p) : rest_plan_read(r, p);
}

struct rest_request *rst_plan(struct rct *t, const char *path, struct rest_fault *ret_fault)
{
	struct rst_more more = rst_more;
	struct rest_request *r = request_of(t, &more);

	rst_more = (struct rst_more){.schema = NULL};
	if (read_headers(r, &more) || read_path(r, str_of(path)) || make_plan(r)) {
		*ret_fault = r->fault;
		return NULL;
	}
	return r;
}

static struct batch *send(struct rct *t, struct rest_request *r, const struct rest_statement *s,
	struct err *e)
{
	struct batch *b = batch_new(t->arena);
	struct db_param *params = arena_array(t->arena, s->n, sizeof(*params));

	for (size_t i = 0; i < s->n; i++)
		params[i] = r->values.v[s->values[i]];
	batch_add(b, "select set_config('search_path', 'test, public', true)", 0, NULL);
	batch_add(b, s->stmt.sql, (int)s->n, params);
	(void)!db_run(t->db, b, e);
	return b;
}

struct result *rst_run(struct rct *t, struct rest_request *r, const struct rest_statement *s)
{
	struct err e = {.arena = t->arena};
	struct batch *b = send(t, r, s, &e);
	const struct db_error *d = batch_db_error(b);

	if (e.code)
		fail_msg("%s: %s", s->stmt.sql, d ? d->message : e.msg);
	return batch_result(b, 1);
}

static const char *fault_text(struct rct *t, const struct rest_fault *f)
{
	const char *text = arena_printf(t->arena, "%d %s %s", f->status, f->code, f->message);

	if (f->details || f->details_json)
		text = arena_printf(t->arena, "%s | %s", text,
			f->details_json ? f->details_json : f->details);
	return f->hint ? arena_printf(t->arena, "%s | %s", text, f->hint) : text;
}

static void encode(struct rct *t, const struct rest_plan *p, const struct result *res, bool strip,
	struct buf *out)
{
	struct rest_encoder x;

	rest_encode_init(&x, t->arena, p, strip, out);
	rest_encode_types(&x, res);
	if (p->is_csv) {
		rest_encode_csv_head(&x);
		for (int i = 0; i < result_rows(res); i++)
			rest_encode_csv_row(&x, res, i);
	} else if (p->result == REST_RESULT_BODY) {
		for (int i = 0; i < result_rows(res); i++)
			buf_str(out, result_text(res, i, 0));
	} else if (p->result == REST_RESULT_VALUE) {
		rest_encode_value(&x, res, 0, 0);
	} else {
		rest_encode_array(&x, res);
	}
}

const char *rst_get(struct rct *t, const char *path)
{
	struct rest_fault f = {.status = 0};
	struct rest_request *r = rst_plan(t, path, &f);
	struct err e = {.arena = t->arena};
	struct buf out;

	if (!r)
		return fault_text(t, &f);
	struct batch *b = send(t, r, &r->plan->main, &e);
	if (e.code) {
		const struct db_error *d = batch_db_error(b);
		if (d)
			rest_fault_sql(&r->fault, d, false);
		return d ? fault_text(t, &r->fault) : e.msg;
	}
	buf_init(&out, 0);
	encode(t, r->plan, batch_result(b, 1), r->accept && r->accept->strip_nulls, &out);
	const char *text = str_cstr(t->arena, buf_view(&out));
	buf_done(&out);
	return text;
}

void rst_rows(struct rct *t, const char *path, const char *wanted)
{
	const char *found = rst_get(t, path);

	if (strcmp(found, wanted))
		fail_msg("%s\n  gives  %s\n  wanted %s", path, found, wanted);
}

static const char *sql_of(struct rct *t, const char *path)
{
	struct rest_fault f = {.status = 0};
	struct rest_request *r = rst_plan(t, path, &f);

	if (!r)
		fail_msg("%s: %s", path, fault_text(t, &f));
	return r->plan->main.stmt.sql;
}

void rst_sql_is(struct rct *t, const char *path, const char *wanted)
{
	const char *sql = sql_of(t, path);

	if (strcmp(sql, wanted))
		fail_msg("%s\n  is     %s\n  wanted %s", path, sql, wanted);
}

void rst_sql_has(struct rct *t, const char *path, const char *part)
{
	const char *sql = sql_of(t, path);

	if (!strstr(sql, part))
		fail_msg("%s\n  is     %s\n  wanted %s", path, sql, part);
}

void rst_sql_has_not(struct rct *t, const char *path, const char *part)
{
	const char *sql = sql_of(t, path);

	if (strstr(sql, part))
		fail_msg("%s\n  is     %s\n  without %s", path, sql, part);
}

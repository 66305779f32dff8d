/* What EXPLAIN (FORMAT JSON) says, and the function that runs before each request. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "db/result.h"
#include "mod/rest/config.h"
#include "mod/rest/request.h"
#include "mod/rest/run.h"
#include "mod/rest/site.h"

int64_t rest_run_plan_rows(struct rest_request *r, const struct result *explain, double *ret_cost)
{
	struct err e = {.arena = r->arena};
	const struct json *plan =
		json_get(json_at(json_parse(r->arena, result_text(explain, 0, 0), &e), 0), "Plan");
	int64_t rows = -1;

	if (!json_to_i64(json_get(plan, "Plan Rows"), &rows))
		rows = -1;
	if (ret_cost)
		json_to_f64(json_get(plan, "Total Cost"), ret_cost);
	return rows;
}

static void ident(struct buf *b, struct str name)
{
	buf_char(b, '"');
	for (size_t i = 0; i < name.len; i++) {
		buf_char(b, name.p[i]);
		if (name.p[i] == '"')
			buf_char(b, '"');
	}
	buf_char(b, '"');
}

const char *rest_run_pre_request(struct rest_request *r)
{
	const struct rest_qualified *f = &rest_site_config(r->site)->db_pre_request;
	struct buf b;

	if (!f->name.len)
		return NULL;
	buf_init(&b, 0);
	buf_cstr(&b, "select ");
	if (f->schema.len) {
		ident(&b, f->schema);
		buf_char(&b, '.');
	}
	ident(&b, f->name);
	buf_cstr(&b, "()");
	const char *sql = str_cstr(r->arena, buf_view(&b));
	buf_done(&b);
	return sql;
}

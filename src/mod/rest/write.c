/* The plan of a write: checks, then one statement. */
#include "base/arena.h"
#include "mod/rest/cache.h"
#include "mod/rest/request.h"
#include "mod/rest/write_local.h"

static bool is_json(enum rest_way way)
{
	return way == REST_WAY_JSON || way == REST_WAY_FUNC;
}

/* Arrays of the type itself need no cast, and texts are cast unless PostgreSQL infers what they are. */
static bool is_cast(const struct write *w, const struct rest_body_field *f, bool typed)
{
	if (is_json(f->way))
		return false;
	return w->r->body.is_bulk ? f->way == REST_WAY_TEXT || f->type->base : typed;
}

void write_value(struct write *w, size_t i, bool typed)
{
	const struct rest_body_field *f = &w->r->body.fields[i];

	if (f->way == REST_WAY_FUNC)
		rest_sql_str(w->s, f->type->from_json), rest_sql(w->s, "(");
	if (f->way == REST_WAY_JSON)
		rest_sql(w->s, "(select v from json_to_record(");
	if (w->r->body.is_bulk)
		buf_printf(&w->s->text, "c%zu", i);
	else
		rest_sql_value(w->s, f->param, NULL);
	if (is_json(f->way))
		rest_sql(w->s, "::json)");
	if (f->way == REST_WAY_JSON)
		rest_sql(w->s, " as _(v "), rest_sql_str(w->s, f->type->sql), rest_sql(w->s, "))");
	if (is_cast(w, f, typed))
		rest_sql(w->s, "::"), rest_sql_str(w->s, f->type->sql);
}

/* {} and [] insert a row of defaults, or none; change nothing; and have no key to be put under. */
static bool is_nothing(const struct rest_request *r)
{
	const struct rest_body *b = &r->body;

	if (r->method == REST_DELETE)
		return false;
	return b->n_rows == 0 || (r->method == REST_PATCH && b->n_fields == 0);
}

static int check(const struct write *w)
{
	if (w->r->method == REST_PUT)
		return write_put_check(w);
	if (w->r->method == REST_POST || is_nothing(w->r))
		return 0;
	return write_change_check(w);
}

int rest_plan_write(struct rest_request *r, struct rest_plan *p)
{
	struct rest_sql s;
	struct write w = {.r = r, .p = p, .s = &s, .from.table = r->table};

	w.statement = r->method == REST_PATCH ? write_update
		: r->method == REST_DELETE    ? write_delete
					      : write_insert;
	if (check(&w))
		return -1;
	rest_sql_init(&s);
	w.alias = rest_sql_alias(&s, p->arena);
	w.is_merge = write_upsert_is_merge(&w);
	int code = is_nothing(r) ? write_return_none(&w) : write_return(&w);
	if (code == 0)
		rest_sql_take(&s, p->arena, r->login.role, &p->main);
	rest_sql_done(&s);
	p->is_read_only = p->may_restart = false;
	return code;
}

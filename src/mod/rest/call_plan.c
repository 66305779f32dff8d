/* The plan of a call: the function with its named arguments, and what its result becomes. Rows are a source like a table, so
 * everything that can be asked of a table can be asked of them. */
#include "base/arena.h"
#include "mod/rest/cache.h"
#include "mod/rest/call.h"
#include "mod/rest/media.h"
#include "mod/rest/plan.h"
#include "mod/rest/request.h"
#include "mod/rest/select.h"
#include "mod/rest/sql.h"
#include "mod/rest/sql_guard.h"

#define BYTEA_OID 17

struct call {
	struct rest_request *r;
	struct rest_plan *p;
	struct rest_sql *s;
	const struct rest_func *f;
	struct str sql; /* "schema"."name"(…) */
};

static void put_argument(struct call *c, const struct rest_body_field *field)
{
	if (field->arg->is_variadic)
		rest_sql(c->s, "variadic ");
	rest_sql_str(c->s, field->arg->sql);
	rest_sql(c->s, " => ");
	if (field->way == REST_WAY_JSON) {
		rest_sql(c->s, "(select v from json_to_record(");
		rest_sql_value(c->s, field->param, "json");
		rest_sql(c->s, ") as _(v ");
		rest_sql_str(c->s, field->type->sql);
		rest_sql(c->s, "))");
		return;
	}
	rest_sql_value(c->s, field->param, NULL);
	rest_sql(c->s, "::");
	rest_sql_str(c->s, field->type->sql);
}

/* Written to the statement and cut out again, since it is put into several places. */
static struct str call_sql(struct call *c)
{
	const struct rest_body *b = &c->r->body;
	size_t mark = c->s->text.len;

	rest_sql_str(c->s, c->f->sql);
	rest_sql(c->s, "(");
	if (rest_call_is_whole(c->f)) {
		rest_sql_value(c->s, b->raw_value, NULL);
		rest_sql(c->s, "::");
		rest_sql_str(c->s, c->f->args[0].type->sql);
	}
	for (size_t i = 0; i < b->n_fields; i++) {
		rest_sql(c->s, i ? ", " : "");
		put_argument(c, &b->fields[i]);
	}
	rest_sql(c->s, ")");
	struct str text =
		str_copy(c->r->arena, str_from(c->s->text.p + mark, c->s->text.len - mark));
	buf_truncate(&c->s->text, mark);
	return text;
}

/* The handler that the function itself is, for the media type that is answered. */
static const struct rest_handler *own_handler(const struct call *c)
{
	const struct rest_accept *a = c->r->accept;

	for (const struct rest_handler *h = rest_cache_handlers(c->r->cache, c->r->schema); h;
		h = h->next)
		if (h->func == c->f &&
			(!a || a->media == REST_MEDIA_ANY || h->is_any ||
				str_eq(h->media, a->type)))
			return h;
	return NULL;
}

static const struct rest_type *root_of(const struct rest_type *t)
{
	while (t->base)
		t = t->base;
	return t;
}

static int plan_handler(struct call *c, const struct rest_handler *h)
{
	rest_sql(c->s, "select ");
	rest_sql_str(c->s, c->sql);
	c->p->result = REST_RESULT_BODY;
	c->p->content_type = rest_media_type(h);
	c->p->is_bytea = root_of(c->f->returns)->oid == BYTEA_OID;
	c->p->n_cols = 1;
	return 0;
}

/* One value; records without known columns are JSON by the names that they come with. */
static int plan_value(struct call *c)
{
	bool is_wrapped = c->f->returns_record || c->f->returns->kind == REST_KIND_WRAP;

	rest_sql(c->s, is_wrapped ? "select to_json(" : "select ");
	rest_sql_str(c->s, c->sql);
	rest_sql(c->s, is_wrapped ? ")" : "");
	c->p->result = c->f->returns_void ? REST_RESULT_NONE
		: c->f->returns_set       ? REST_RESULT_VALUES
					  : REST_RESULT_VALUE;
	c->p->is_one = !c->f->returns_set;
	c->p->n_cols = 1;
	return 0;
}

/* What can be counted row by row in the statement: no handler has made one value of them, no plan is shown. */
static bool has_rows(const struct rest_request *r)
{
	return !r->accept || r->accept->media <= REST_MEDIA_CSV;
}

/* The function writes and must run once: what is asked about its rows is told beside them. */
static bool is_counted_beside(const struct call *c)
{
	return !c->p->is_read_only && c->r->prefer.count != REST_COUNT_NONE && has_rows(c->r);
}

static bool is_guarded(const struct call *c)
{
	return !c->p->is_read_only && rest_guard_of(c->r) != REST_GUARD_NONE && has_rows(c->r);
}

static void put_bound(struct call *c, const char *word, int param)
{
	if (param < 0)
		return;
	rest_sql(c->s, word);
	rest_sql_value(c->s, param, "int8");
}

/* The page is cut out behind the count of all rows. */
static int select_counted(struct call *c, const struct rest_source *from)
{
	struct rest_node *root = &c->r->query.root;
	struct rest_node asked = *root;

	rest_sql(c->s, "select q.*, count(*) over () from (");
	root->has_limit = root->has_offset = false;
	root->limit_param = root->offset_param = -1;
	int code = rest_select_write(c->r, c->s, from, c->p);
	*root = asked;
	rest_sql(c->s, ") as q");
	put_bound(c, " limit ", root->limit_param);
	put_bound(c, " offset ", root->offset_param);
	c->p->limit_value = root->limit_param;
	c->p->total_col = c->p->n_cols++;
	return code;
}

static int select_guarded(struct call *c, const struct rest_source *from)
{
	rest_guard_begin(c->s, "with ");
	if (is_counted_beside(c) ? select_counted(c, from)
				 : rest_select_write(c->r, c->s, from, c->p))
		return -1;
	rest_guard_end(c->r, c->s);
	c->p->guard = rest_guard_of(c->r);
	return 0;
}

static int select_rows(struct call *c, const struct rest_source *from)
{
	if (is_guarded(c))
		return select_guarded(c, from);
	if (is_counted_beside(c))
		return select_counted(c, from);
	if (rest_select_write(c->r, c->s, from, c->p))
		return -1;
	return c->r->prefer.count && c->f->returns_set ? rest_select_count(c->r, from, c->p) : 0;
}

/* Rows of a table, of a composite type, or of the function's own columns. One row that is no set is an object. */
static int plan_rows(struct call *c)
{
	struct rest_source from = {.table = c->f->table,
		.columns = c->f->out,
		.n_columns = c->f->n_out,
		.sql = c->sql};

	if (select_rows(c, &from))
		return -1;
	c->p->is_object = !c->f->returns_set;
	c->p->is_one = c->p->is_one || !c->f->returns_set;
	return 0;
}

/* A set of scalars, or one as CSV, is rows of one column. */
static int plan_scalars(struct call *c)
{
	struct rest_column *column = ARENA_NEW(c->p->arena, struct rest_column);
	struct rest_source from = {.columns = column, .n_columns = 1};

	column->name = STR("pgrst_scalar");
	column->sql = STR("\"pgrst_scalar\"");
	column->type = c->f->returns;
	column->type_sql = c->f->returns->sql;
	from.sql = str_printf(c->r->arena, "(select " STR_FMT " as pgrst_scalar)", STR_ARG(c->sql));
	if (select_rows(c, &from))
		return -1;
	if (c->p->result == REST_RESULT_ROWS && !c->p->is_csv)
		c->p->result = REST_RESULT_VALUES;
	return 0;
}

static int plan_result(struct call *c)
{
	const struct rest_func *f = c->f;
	const struct rest_handler *h = own_handler(c);
	enum rest_media media = c->r->accept ? c->r->accept->media : REST_MEDIA_ANY;

	if (f->table || f->n_out)
		return h ? plan_handler(c, h) : plan_rows(c);
	if (media == REST_MEDIA_PLAN)
		return plan_scalars(c);
	if (h && !f->returns_void)
		return plan_handler(c, h);
	if (f->returns_void || f->returns_record || (!f->returns_set && media != REST_MEDIA_CSV))
		return plan_value(c);
	return plan_scalars(c);
}

int rest_plan_call(struct rest_request *r, struct rest_plan *p)
{
	struct rest_sql s;
	struct call c = {.r = r, .p = p, .s = &s, .f = r->func};
	bool is_read_only = r->method == REST_GET || r->method == REST_HEAD ||
		r->func->volatility != REST_VOLATILE;

	rest_sql_init(&s);
	p->is_read_only = is_read_only;
	c.sql = call_sql(&c);
	int code = plan_result(&c);
	if (code == 0)
		rest_sql_take(&s, p->arena, r->login.role, &p->main);
	rest_sql_done(&s);
	p->is_read_only = is_read_only;
	p->may_restart = p->may_restart && is_read_only;
	p->settings = r->func->settings;
	p->n_settings = r->func->n_settings;
	return code;
}

/* How many rows there are without paging: counted, or as the planner thinks. */
#include "mod/rest/call.h"
#include "mod/rest/select_local.h"
#include "mod/rest/select_site.h"

/* Groups and distinct rows are counted as they come; of anything else only the conditions matter. */
static bool is_made(const struct select *x)
{
	const struct rest_query *q = &x->r->query;

	return x->root->is_grouped || q->having || q->distinct || q->distinct_on;
}

static int write_rows(struct select *x)
{
	struct select_level l = {.node = x->root,
		.no_columns = !is_made(x),
		.no_order = true,
		.no_paging = true};

	return select_level_write(x, &l, NULL, SELECT_NUMBERS, NULL);
}

/* most: no more than that are counted; -1: all. */
static int write_count(struct select *x, int64_t most)
{
	struct str alias = rest_sql_alias(x->s, x->r->arena);

	rest_sql(x->s, "select count(*) from (");
	if (write_rows(x))
		return -1;
	if (most >= 0) {
		rest_sql(x->s, " limit ");
		buf_i64(&x->s->text, most);
	}
	rest_sql(x->s, ") ");
	rest_sql_str(x->s, alias);
	return 0;
}

static int write_planned(struct select *x, int64_t most)
{
	(void)most;
	rest_sql(x->s, "explain (format json) ");
	return write_rows(x);
}

/* The source speaks of parameters by the numbers that they have in the statement it was written for: the first ones. */
static void number_arguments(struct rest_request *r, struct rest_sql *s)
{
	const struct rest_body *b = &r->body;
	size_t mark = s->text.len;

	if (r->target != REST_TARGET_CALL)
		return;
	if (rest_call_is_whole(r->func))
		rest_sql_value(s, b->raw_value, NULL);
	for (size_t i = 0; i < b->n_fields; i++)
		rest_sql_value(s, b->fields[i].param, NULL);
	buf_truncate(&s->text, mark);
}

static int make(struct rest_request *r, const struct rest_source *from, struct rest_plan *p,
	int (*write)(struct select *x, int64_t most), int64_t most, struct rest_statement *ret)
{
	struct rest_sql s;
	struct select x;

	rest_sql_init(&s);
	number_arguments(r, &s);
	int code = select_init(&x, r, &s, from);
	if (code == 0)
		code = write(&x, most);
	if (code == 0)
		rest_sql_take(&s, p->arena, r->login.role, ret);
	rest_sql_done(&s);
	return code;
}

int rest_select_count(struct rest_request *r, const struct rest_source *from, struct rest_plan *p)
{
	int64_t most = select_site_most_counted(r->site);

	if (r->prefer.count == REST_COUNT_NONE)
		return 0;
	if (most >= 0 && r->prefer.count != REST_COUNT_EXACT)
		return make(r, from, p, write_count, most + 1, &p->count);
	most = r->prefer.count == REST_COUNT_ESTIMATED ? select_site_most_rows(r->site) : -1;
	if (r->prefer.count != REST_COUNT_PLANNED &&
		make(r, from, p, write_count, most < 0 ? -1 : most + 1, &p->count))
		return -1;
	if (r->prefer.count == REST_COUNT_EXACT)
		return 0;
	return make(r, from, p, write_planned, -1, &p->planned);
}

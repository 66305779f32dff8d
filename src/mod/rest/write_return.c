/* What a write tells without its rows: nothing, how many there were, their keys; and the CTE in which it stands when more is told. */
#include "base/arena.h"
#include "mod/rest/cache.h"
#include "mod/rest/request.h"
#include "mod/rest/sql_guard.h"
#include "mod/rest/write_local.h"

enum rest_media write_media(const struct write *w)
{
	return w->r->accept ? w->r->accept->media : REST_MEDIA_ANY;
}

/* A plan is shown whatever else is wanted. */
bool write_wants_rows(const struct write *w)
{
	return w->r->prefer.ret == REST_RETURN_ROWS || write_media(w) == REST_MEDIA_PLAN;
}

/* One object is asked for, so what is shown is counted: embeds may let rows drop out. PUT is refused by its key first. */
bool write_is_alone(const struct write *w)
{
	return write_wants_rows(w) && w->r->method != REST_PUT &&
		rest_guard_of(w->r) == REST_GUARD_SINGULAR;
}

/* Of PUT only when rows are shown: without them it is 204 in either case. Not beside a body that is one value. */
bool write_wants_new(const struct write *w)
{
	if (write_wants_rows(w) && write_media(w) > REST_MEDIA_CSV)
		return false;
	return w->is_merge && (w->r->method == REST_POST || write_wants_rows(w));
}

/* How many are written is bound. One row that is inserted is one row; PUT is checked by its key. */
static bool has_guard(const struct write *w)
{
	const struct rest_request *r = w->r;
	bool is_many = r->method == REST_PATCH || r->method == REST_DELETE || r->body.is_bulk;

	return is_many && rest_guard_of(r) != REST_GUARD_NONE && !write_is_alone(w);
}

int write_open(struct write *w)
{
	rest_sql(w->s, "with w as (");
	if (w->statement(w))
		return -1;
	rest_sql(w->s, " returning ");
	return 0;
}

/* Ends the CTE; behind a guard w is what `from` says. */
struct str write_close(struct write *w)
{
	if (write_wants_new(w)) {
		rest_sql(w->s, ", ");
		write_upsert_is_new(w);
		rest_sql(w->s, " as plat_new");
	}
	rest_sql(w->s, ")");
	if (!has_guard(w)) {
		rest_sql(w->s, " ");
		return STR("w");
	}
	w->p->guard = rest_guard_of(w->r);
	rest_sql(w->s, ", g as (select ");
	rest_guard_sql(w->r, w->s, "count(*)");
	rest_sql(w->s, " as bad from w) ");
	return STR("(select w.* from w where (select bad from g) is null)");
}

static int return_count(struct write *w)
{
	w->p->result = REST_RESULT_NONE;
	if (!has_guard(w) && !write_wants_new(w))
		return w->statement(w);
	if (write_open(w))
		return -1;
	rest_sql(w->s, "1");
	struct str from = write_close(w);
	rest_sql(w->s, "select count(*)");
	w->p->affected_col = 0;
	w->p->n_cols = 1;
	if (write_wants_new(w)) {
		rest_sql(w->s, ", count(*) filter (where plat_new)");
		w->p->inserted_col = w->p->n_cols++;
	}
	rest_sql(w->s, " from ");
	rest_sql_str(w->s, from);
	if (has_guard(w))
		rest_sql(w->s, " as w");
	return 0;
}

/* As its JSON form has it. */
static void put_key_value(struct write *w, const struct rest_column *c)
{
	bool is_plain = c->type->kind == REST_KIND_TEXT || c->type->kind == REST_KIND_NUMBER;

	rest_sql(w->s, is_plain ? "" : "to_json(");
	rest_sql_column(w->s, w->alias, c->name);
	rest_sql(w->s, is_plain ? "" : ") #>> '{}'");
}

static void put_keys(struct write *w)
{
	const struct rest_table *t = w->r->table;
	struct str *names = arena_array(w->p->arena, t->n_pk, sizeof(*names));
	int *cols = arena_array(w->p->arena, t->n_pk, sizeof(*cols));

	for (size_t i = 0; i < t->n_pk; i++) {
		rest_sql(w->s, i ? ", " : "");
		put_key_value(w, t->pk[i]);
		buf_printf(&w->s->text, " as k%zu", i);
		names[i] = t->pk[i]->name;
		cols[i] = (int)i;
	}
	w->p->pk = names;
	w->p->pk_cols = cols;
	w->p->n_pk = t->n_pk;
	w->p->n_cols = (int)t->n_pk;
}

static void put_new_count(struct write *w)
{
	rest_sql(w->s, ", (select count(*) from w where plat_new)");
	w->p->inserted_col = w->p->n_cols++;
}

static int return_keys(struct write *w)
{
	w->p->result = REST_RESULT_NONE;
	if (!has_guard(w) && !write_wants_new(w)) {
		if (w->statement(w))
			return -1;
		rest_sql(w->s, " returning ");
		put_keys(w);
		return 0;
	}
	if (write_open(w))
		return -1;
	put_keys(w);
	struct str from = write_close(w);
	rest_sql(w->s, "select w.*");
	if (write_wants_new(w)) {
		w->p->n_cols++; /* plat_new */
		put_new_count(w);
	}
	rest_sql(w->s, " from ");
	rest_sql_str(w->s, from);
	rest_sql(w->s, has_guard(w) ? " as w" : "");
	return 0;
}

int write_return(struct write *w)
{
	const struct rest_request *r = w->r;

	if (write_wants_rows(w))
		return write_rows(w);
	if (r->method == REST_POST && r->prefer.ret == REST_RETURN_HEADERS && r->table->n_pk)
		return return_keys(w);
	return return_count(w);
}

int write_return_none(struct write *w)
{
	if (write_wants_rows(w))
		return write_rows_none(w);
	w->p->result = REST_RESULT_NONE;
	rest_sql(w->s, "select 0::int8");
	w->p->affected_col = 0;
	w->p->inserted_col = write_wants_new(w) ? 0 : -1;
	w->p->n_cols = 1;
	return 0;
}

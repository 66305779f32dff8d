/* What a write tells: nothing, how many rows, their keys, or the rows themselves. */
#include <string.h>

#include "base/arena.h"
#include "mod/rest/cache.h"
#include "mod/rest/request.h"
#include "mod/rest/sql_guard.h"
#include "mod/rest/write_local.h"

/* One row that is inserted is one row; PUT is checked by its key. */
static bool has_guard(const struct write *w)
{
	const struct rest_request *r = w->r;
	bool is_many = r->method == REST_PATCH || r->method == REST_DELETE || r->body.is_bulk;

	return is_many && rest_guard_of(r) != REST_GUARD_NONE;
}

static enum rest_media media_of(const struct write *w)
{
	return w->r->accept ? w->r->accept->media : REST_MEDIA_ANY;
}

/* A plan is shown whatever else is wanted. */
static bool wants_rows(const struct write *w)
{
	return w->r->prefer.ret == REST_RETURN_ROWS || media_of(w) == REST_MEDIA_PLAN;
}

/* Of PUT only when rows are shown: without them it is 204 in either case. Not beside a body that is one value. */
static bool wants_new(const struct write *w)
{
	if (wants_rows(w) && media_of(w) > REST_MEDIA_CSV)
		return false;
	return w->is_merge && (w->r->method == REST_POST || wants_rows(w));
}

static int open_cte(struct write *w)
{
	rest_sql(w->s, "with w as (");
	if (w->statement(w))
		return -1;
	rest_sql(w->s, " returning ");
	return 0;
}

/* Ends the CTE; behind a guard w is what `from` says. */
static struct str close_cte(struct write *w)
{
	if (wants_new(w)) {
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
	if (!has_guard(w) && !wants_new(w))
		return w->statement(w);
	if (open_cte(w))
		return -1;
	rest_sql(w->s, "1");
	struct str from = close_cte(w);
	rest_sql(w->s, "select count(*)");
	w->p->affected_col = 0;
	w->p->n_cols = 1;
	if (wants_new(w)) {
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
	if (!has_guard(w) && !wants_new(w)) {
		if (w->statement(w))
			return -1;
		rest_sql(w->s, " returning ");
		put_keys(w);
		return 0;
	}
	if (open_cte(w))
		return -1;
	put_keys(w);
	struct str from = close_cte(w);
	rest_sql(w->s, "select w.*");
	if (wants_new(w)) {
		w->p->n_cols++; /* plat_new */
		put_new_count(w);
	}
	rest_sql(w->s, " from ");
	rest_sql_str(w->s, from);
	rest_sql(w->s, has_guard(w) ? " as w" : "");
	return 0;
}

/* May the select hand the rows to a handler? */
static bool is_handled(const struct write *w)
{
	const struct rest_request *r = w->r;
	const struct rest_handler *h = rest_cache_handlers(r->cache, r->schema);

	while (h &&
		(!h->aggregate.p || (h->table && h->table != r->table) ||
			(r->accept && !h->is_any && !str_eq(h->media, r->accept->type))))
		h = h->next;
	return h;
}

/* Columns that are plain can stand in RETURNING, when nothing has to be counted or sorted. */
static bool is_plain(const struct write *w)
{
	const struct rest_request *r = w->r;

	return !has_guard(w) && (!wants_new(w) || !r->body.is_bulk) && !r->query.root.order &&
		media_of(w) <= REST_MEDIA_CSV && rest_select_is_plain(r) && !is_handled(w);
}

static int return_items(struct write *w)
{
	if (w->statement(w))
		return -1;
	rest_sql(w->s, " returning ");
	w->p->result = REST_RESULT_ROWS;
	if (rest_select_items(w->r, w->s, &w->from, w->alias, w->p))
		return -1;
	if (!wants_new(w))
		return 0;
	rest_sql(w->s, ", ");
	write_upsert_is_new(w);
	rest_sql(w->s, "::int4");
	w->p->inserted_col = w->p->n_cols++;
	return 0;
}

static int put_needed(struct write *w)
{
	size_t before = w->s->text.len;

	if (rest_select_needed(w->r, w->s, &w->from, w->alias))
		return -1;
	if (w->s->text.len == before)
		rest_sql(w->s, "1 as plat_one");
	return 0;
}

/* "explain (…) " was written where the select begins, and belongs in front of the CTE. */
static void hoist_explain(struct write *w, size_t mark)
{
	struct buf *b = &w->s->text;
	struct str said = str_from(b->p + mark, b->len - mark);
	size_t n = (size_t)str_find(said, STR(") ")) + 2;
	char *word = arena_dup(w->r->arena, said.p, n);

	memmove(b->p + n, b->p, mark);
	memcpy(b->p, word, n);
}

/* The rows of w in the order asked for, with embeds. Filters and paging said which rows are written. */
static int select_from(struct write *w, struct str from)
{
	struct rest_request *r = w->r;
	struct rest_node asked = r->query.root;
	struct rest_source source = {.table = r->table,
		.sql = from,
		.is_done = !asked.order,
		.is_rows = true};

	size_t mark = w->s->text.len;

	r->query.root.where = NULL;
	r->query.root.has_limit = r->query.root.has_offset = false;
	r->query.root.limit_param = r->query.root.offset_param = -1;
	int code = rest_select_write(r, w->s, &source, w->p);
	r->query.root = asked;
	if (code == 0 && media_of(w) == REST_MEDIA_PLAN)
		hoist_explain(w, mark);
	return code;
}

static int select_rows(struct write *w, struct str from)
{
	if (!wants_new(w))
		return select_from(w, from);
	rest_sql(w->s, "select q.*, (select count(*) from w where plat_new) from (");
	if (select_from(w, from))
		return -1;
	rest_sql(w->s, ") as q");
	w->p->inserted_col = w->p->n_cols++;
	return 0;
}

int write_return(struct write *w)
{
	const struct rest_request *r = w->r;

	if (!wants_rows(w)) {
		bool keys = r->method == REST_POST && r->prefer.ret == REST_RETURN_HEADERS;
		return keys && r->table->n_pk ? return_keys(w) : return_count(w);
	}
	if (is_plain(w))
		return return_items(w);
	if (open_cte(w) || put_needed(w))
		return -1;
	return select_rows(w, close_cte(w));
}

int write_return_none(struct write *w)
{
	if (!wants_rows(w)) {
		w->p->result = REST_RESULT_NONE;
		rest_sql(w->s, "select 0::int8");
		w->p->affected_col = 0;
		w->p->inserted_col = wants_new(w) ? 0 : -1;
		w->p->n_cols = 1;
		return 0;
	}
	rest_sql(w->s, "with w as (select ");
	if (put_needed(w))
		return -1;
	rest_sql(w->s, " from ");
	rest_sql_str(w->s, w->r->table->sql);
	rest_sql(w->s, " as ");
	rest_sql_str(w->s, w->alias);
	rest_sql(w->s, " where false) ");
	if (select_from(w, STR("w")))
		return -1;
	w->p->inserted_col = wants_new(w) ? w->p->n_cols : -1;
	return 0;
}

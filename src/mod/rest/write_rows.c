/* The rows that a write tells: straight from RETURNING, or by a select over the CTE that writes them. */
#include <string.h>

#include "base/arena.h"
#include "mod/rest/cache.h"
#include "mod/rest/request.h"
#include "mod/rest/sql_guard.h"
#include "mod/rest/write_local.h"

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

	bool is_many = r->method == REST_PATCH || r->method == REST_DELETE || r->body.is_bulk;

	return !(is_many && rest_guard_of(r)) && (!write_wants_new(w) || !r->body.is_bulk) &&
		!r->query.root.order && write_media(w) <= REST_MEDIA_CSV &&
		rest_select_is_plain(r) && !is_handled(w);
}

static int return_items(struct write *w)
{
	if (w->statement(w))
		return -1;
	rest_sql(w->s, " returning ");
	w->p->result = REST_RESULT_ROWS;
	if (rest_select_items(w->r, w->s, &w->from, w->alias, w->p))
		return -1;
	if (!write_wants_new(w))
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
	if (code == 0 && write_media(w) == REST_MEDIA_PLAN)
		hoist_explain(w, mark);
	return code;
}

static int select_rows(struct write *w, struct str from)
{
	if (!write_wants_new(w))
		return select_from(w, from);
	rest_sql(w->s, "select q.*, (select count(*) from w where plat_new) from (");
	if (select_from(w, from))
		return -1;
	rest_sql(w->s, ") as q");
	w->p->inserted_col = w->p->n_cols++;
	return 0;
}

int write_rows(struct write *w)
{
	if (is_plain(w))
		return return_items(w);
	if (write_open(w) || put_needed(w))
		return -1;
	struct str from = write_close(w);
	if (!write_is_alone(w))
		return select_rows(w, from);
	rest_guard_begin(w->s, ", ");
	if (select_rows(w, from))
		return -1;
	rest_guard_end(w->r, w->s);
	w->p->guard = REST_GUARD_SINGULAR;
	return 0;
}

int write_rows_none(struct write *w)
{
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
	w->p->inserted_col = write_wants_new(w) ? w->p->n_cols : -1;
	return 0;
}

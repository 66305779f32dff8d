/* What changed since a snapshot: a batch while it is little, row by row over a session when it is much. */
#include <stdlib.h>
#include <string.h>

#include "app/worker.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "db/batch.h"
#include "db/db.h"
#include "db/result.h"
#include "db/session.h"
#include "mod/search/store_local.h"

#define PORTION 500
#define AT_ONCE 1000 /* rows of one batch; "1000" below */

#define SNAPSHOT "select pg_current_snapshot()::text"

struct portion {
	const struct search_follow *r;
	struct arena *arena;
	struct search_change *changes;
	size_t n;
};

/* They are sorted. */
static struct search_held *held_of(const struct search_follow *r, struct uuid id)
{
	for (size_t low = 0, high = r->n; low < high;) {
		size_t middle = low + (high - low) / 2;
		int order = memcmp(r->held[middle]->id.b, id.b, sizeof id.b);
		if (!order)
			return r->held[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static void add(struct portion *p, const struct str *texts)
{
	struct search_change *c = &p->changes[p->n];
	struct str own[SEARCH_ROW_MAX];
	struct uuid workspace;

	struct search_held *h = uuid_parse(texts[SEARCH_ROW_WORKSPACE], &workspace)
		? held_of(p->r, workspace)
		: NULL;
	if (!h)
		return;
	for (int i = 0; i < search_row_columns(); i++)
		own[i] = str_copy(p->arena, texts[i]);
	c->held = h;
	c->number = p->n;
	c->is_there = search_row_doc(own, &c->doc);
	p->n++;
}

static void flush(struct portion *p)
{
	if (p->n) {
		p->r->st->stats.changes += p->n;
		p->r->write(p->r->st, p->changes, p->n);
	}
	p->n = 0;
	arena_reset(p->arena);
	p->changes = arena_alloc(p->arena, PORTION * sizeof *p->changes);
}

static void take(struct portion *p, const struct result *r, int row)
{
	struct str texts[SEARCH_ROW_MAX];

	result_row(r, row, texts);
	add(p, texts);
	if (p->n == PORTION)
		flush(p);
}

static const char *workspaces_of(const struct search_follow *r, struct arena *a)
{
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < r->n; i++)
		buf_printf(&b, "%c%s", i ? ',' : '{', r->held[i]->text);
	buf_char(&b, '}');
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text.p;
}

static char *taken(const struct result *r)
{
	char *text = strdup(result_text(r, 0, 0).p);

	if (!text)
		abort();
	return text;
}

static int on_row(const struct result *row, void *arg, struct err *e)
{
	(void)e;
	take(arg, row, 0);
	return 0;
}

static int read_many(struct portion *p, const struct db_param *params, struct arena *a,
	char **ret_since, struct err *e)
{
	struct session *s = worker_session(p->r->st->db, e);
	struct result *r;

	if (!s)
		return e->code;
	int code = session_exec(s, a, SNAPSHOT, 0, NULL, &r, e);
	if (!code)
		code = session_each(s, p->r->sql, 3, params, on_row, p, e);
	session_close(s);
	if (!code)
		*ret_since = taken(r);
	return code;
}

static int read_few(struct portion *p, const struct db_param *params, struct arena *a,
	char **ret_since, bool *ret_is_more, struct err *e)
{
	struct batch *b = batch_new(a);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	batch_read_only(b);
	batch_add(b, SNAPSHOT, 0, NULL);
	batch_add(b, p->r->sql, 3, params);
	if (db_run(p->r->st->db, b, e)) {
		if (batch_db_error(b))
			log_warn("search.follow.refused",
				LOG_CSTR("message", batch_db_error(b)->message));
		return e->code;
	}
	struct result *rows = batch_result(b, 1);
	*ret_is_more = result_rows(rows) >= AT_ONCE;
	for (int i = 0; !*ret_is_more && i < result_rows(rows); i++)
		take(p, rows, i);
	if (!*ret_is_more)
		*ret_since = taken(batch_result(b, 0));
	return 0;
}

/* The snapshot is taken before the rows are read: what is committed in between comes twice, never not at all. */
int search_follow_read(const struct search_follow *r, char **ret_since, struct err *e)
{
	struct arena *a = arena_new();
	struct err own = {.arena = a};
	struct portion p = {.r = r, .arena = arena_new()};
	struct db_param params[] = {db_text(r->since), db_text(workspaces_of(r, a)),
		db_text("1000")};
	bool is_more = false;

	flush(&p);
	int code = read_few(&p, params, a, ret_since, &is_more, &own);
	if (!code && is_more) {
		params[2] = db_null();
		code = read_many(&p, params, a, ret_since, &own);
	}
	if (!code)
		flush(&p);
	arena_free(p.arena);
	if (code)
		err_set(e, (enum err_code)code, "%s", own.msg);
	arena_free(a);
	return code;
}

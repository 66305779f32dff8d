#include "mod/reso/page.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "db/batch.h"
#include "db/result.h"
#include "db/session.h"
#include "db/sqlstate.h"
#include "http/request.h"
#include "loop/fiber.h"
#include "mod/reso/call.h"
#include "mod/reso/catalog.h"
#include "mod/reso/page_place.h"
#include "mod/reso/reso_sql.h"
#include "mod/reso/resource.h"
#include "mod/reso/row.h"
#include "mod/reso/stream.h"

#define FETCH "fetch forward 32 from reso" /* a time limit is for so many: a client may be slow */

/* Pages of one consumer in this process, each with a connection to the database; further ones wait. */
#define AT_ONCE 4

struct page {
	struct page *next; /* in the list of those that are under way or wait */
	bool is_waiting;
	struct reso_call *c;
	const struct reso_want *want;
	struct reso_stream stream;
	struct reso_row row;
	struct arena *scratch;
	struct session *session;
	struct page_place place; /* where this page began, and what is left of $top */
	const char *more;        /* $expand */
	int64_t limit;           /* rows of this page */
	int64_t rows, fetched;
	bool has_more;
	int keys;
	struct reso_place last; /* of the row written last; texts in last_texts */
	struct buf last_texts;
	int64_t count; /* $count; -1: not asked for */
};

/* --- the head and the end of the answer ------------------------------------------------------------ */

static void begin(struct page *p)
{
	const struct reso_want *w = p->want;
	struct buf *b = &p->stream.out;

	reso_stream_begin(&p->stream, RESO_JSON);
	buf_printf(b, "{\"@odata.context\":\"" STR_FMT "/$metadata#" STR_FMT "%s\"",
		STR_ARG(p->c->root), STR_ARG(w->query->resource->name),
		w->is_single ? "/$entity" : "");
	if (p->count >= 0)
		buf_printf(b, ",\"@odata.count\":%lld", (long long)p->count);
	if (!w->is_single)
		buf_cstr(b, ",\"value\":[");
}

static void end(struct page *p)
{
	struct buf *b = &p->stream.out;

	if (!p->stream.has_begun)
		begin(p);
	if (!p->want->is_single) {
		buf_char(b, ']');
		if (p->has_more && p->place.left != p->rows) {
			buf_cstr(b, ",\"@odata.nextLink\":\"");
			buf_str(b, page_place_link(p->c, p->want, &p->place, &p->last, p->rows));
			buf_char(b, '"');
		}
		buf_char(b, '}');
	}
	reso_stream_end(&p->stream);
}

/* --- rows ------------------------------------------------------------------------------------------- */

static void remember(struct page *p, const struct result *row)
{
	size_t at[RESO_KEYS];

	buf_clear(&p->last_texts);
	for (int i = 0; i < p->keys; i++) {
		struct str s = result_text(row, 0, 1 + i);
		at[i] = p->last_texts.len;
		p->last.values[i] = (struct str){s.p ? "" : NULL, s.len};
		buf_str(&p->last_texts, s);
		buf_char(&p->last_texts, '\0');
	}
	for (int i = 0; i < p->keys; i++)
		if (p->last.values[i].p)
			p->last.values[i].p = p->last_texts.p + at[i];
	p->last.n = p->keys;
}

static int on_row(const struct result *row, void *arg, struct err *e)
{
	struct page *p = arg;
	struct buf *b = &p->stream.out;
	struct str more = p->more ? result_text(row, 0, 1 + p->keys) : STR_NULL;

	p->fetched++;
	if (p->rows == p->limit) { /* the one beyond: there is another page */
		p->has_more = true;
		return 0;
	}
	if (!p->stream.has_begun)
		begin(p);
	buf_cstr(b, p->want->is_single ? "," : p->rows ? ",{" : "{");
	size_t at = b->len;
	if (reso_row_write(&p->row, p->scratch, b, result_text(row, 0, 0), more, e))
		return e->code;
	if (p->want->is_single && b->p[at] == '}') { /* nothing to separate */
		buf_truncate(b, at - 1);
		buf_char(b, '}');
	}
	if (!p->row.is_verbatim)
		arena_reset(p->scratch);
	remember(p, row);
	p->rows++;
	return reso_stream_flush(&p->stream, e);
}

static int read_rows(struct page *p, struct str sql, const struct reso_sql *q, struct err *e)
{
	const char *declare = str_cstr(p->c->arena,
		STR_JOIN(p->c->arena, STR("declare reso no scroll cursor for "), sql));
	int code = session_exec(p->session, p->c->arena, declare, q->params_n, q->params, NULL, e);

	do {
		p->fetched = 0;
		if (!code)
			code = session_each(p->session, FETCH, 0, NULL, on_row, p, e);
	} while (!code && p->fetched && !p->has_more);
	if (!code)
		code = session_exec(p->session, p->c->arena, "close reso", 0, NULL, NULL, e);
	return code;
}

static int conditions(struct reso_call *c, const struct reso_want *w, struct reso_sql *q)
{
	reso_sql_init(q, c->arena, w->source, w->catalog, &c->fault);
	if (w->key.p && w->source->parent_key)
		reso_sql_and(q,
			arena_printf(c->arena, "%s = %s::text", w->source->parent_key,
				reso_sql_text(q, w->key)));
	else if (w->key.p)
		reso_sql_key(q, w->key);
	return reso_sql_filter(q, w->query->filter);
}

static struct reso_sql *statement(struct page *p, bool is_rest, struct str *ret_sql)
{
	struct reso_sql *q = ARENA_NEW(p->c->arena, struct reso_sql);
	struct reso_page page = {.query = p->want->query,
		.after = &p->place.after,
		.is_rest = is_rest,
		.limit = p->limit - p->rows + 1,
		.skip = p->place.skip,
		.more = p->more};

	if (conditions(p->c, p->want, q))
		return NULL;
	*ret_sql = reso_sql_page(q, &page, &p->keys);
	return q;
}

/* Rows of Property without a stamp come after all the others; behind a place they are a statement of their own, so that an index finds each. */
static int rows(struct page *p, struct err *e)
{
	const struct reso_place *after = &p->place.after;
	bool has_rest = p->want->source->stamps && !p->want->query->orders_n && after->n;
	bool in_rest = has_rest && !after->values[0].p;
	struct str sql;
	struct reso_sql *q = statement(p, in_rest, &sql);

	if (!q || read_rows(p, sql, q, e))
		return -1;
	if (!has_rest || in_rest || p->has_more)
		return 0;
	q = statement(p, true, &sql);
	return q && !read_rows(p, sql, q, e) ? 0 : -1;
}

/* --- pages at the same time --------------------------------------------------------------------------- */

static struct page *pages; /* oldest first */

static bool is_of_same(const struct page *a, const struct page *b)
{
	return str_eq(a->c->who.id, b->c->who.id);
}

static bool is_full(const struct page *p)
{
	int n = 0;

	for (const struct page *o = pages; o; o = o->next)
		n += is_of_same(o, p) && !o->is_waiting;
	return n >= AT_ONCE;
}

/* A slow reader waits for itself, not the others for it. */
static int enter(struct page *p, struct err *e)
{
	struct page **at = &pages;

	while (*at)
		at = &(*at)->next;
	p->next = NULL;
	p->is_waiting = true;
	*at = p;
	while (is_full(p))
		if (fiber_park())
			return err_set(e, E_CANCEL, "the client has gone");
	p->is_waiting = false;
	return 0;
}

static void leave(struct page *p)
{
	struct page **at = &pages, *first;

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	for (first = pages; first && !(first->is_waiting && is_of_same(first, p));)
		first = first->next;
	if (first)
		fiber_wake(first->stream.fiber);
}

/* --- one page ---------------------------------------------------------------------------------------- */

static int fault_of(struct page *p, const struct err *e)
{
	const struct db_error *why = p->session ? session_db_error(p->session) : NULL;

	if (p->c->fault.status)
		return -1;
	if (!why)
		return reso_fail(p->c, e);
	log_warn("reso.sql", LOG_REQUEST(p->c->http->id), LOG_CSTR("sqlstate", why->sqlstate),
		LOG_CSTR("message", why->message));
	struct err own = {.arena = p->c->arena};
	sqlstate_err(&own, why);
	if (own.code == E_TIMEOUT)
		return reso_fault(p->c, 413,
			"the answer takes longer than %d s to find: ask for less, or by fields that have an index",
			RESO_STATEMENT_MS / 1000);
	return reso_fail(p->c, &own);
}

static int open(struct page *p, struct err *e)
{
	struct db_caller worker = {.role = STR("plat_worker"),
		.statement_timeout_ms = RESO_STATEMENT_MS};

	p->session = session_open(p->c->db, &worker, e);
	return p->session ? session_begin(p->session, e) : e->code;
}

static int answer(struct page *p)
{
	struct err e = {.arena = p->c->arena};
	int code = enter(p, &e) || open(p, &e) || rows(p, &e) ? -1 : 0;

	if (!code && p->want->is_single && !p->rows)
		code = reso_fault(p->c, 404, "there is no " STR_FMT " of this key",
			STR_ARG(p->want->query->resource->name));
	if (code && !p->stream.has_begun) {
		reso_stream_drop(&p->stream);
		fault_of(p, &e);
		session_close(p->session);
		leave(p);
		return -1;
	}
	session_close(p->session);
	leave(p);
	if (code)
		reso_stream_cut(&p->stream, &e);
	else
		end(p);
	return 0;
}

static void release(void *arg)
{
	struct page *p = arg;

	buf_done(&p->last_texts);
	arena_free(p->scratch);
}

int reso_page(struct reso_call *c, const struct reso_want *want)
{
	struct page *p = ARENA_NEW(c->arena, struct page);

	*p = (struct page){.c = c, .want = want, .count = -1};
	if (page_place_read(c, want, &p->place) || reso_resource_expand(c, want->query, &p->more) ||
		(want->query->count && reso_page_count(c, want, &p->count)))
		return -1;
	p->limit = page_place_rows(&p->place);
	p->scratch = arena_new();
	buf_init(&p->last_texts, 0);
	arena_defer(c->arena, release, p);
	reso_row_init(&p->row, want->catalog, want->query, want->source->is_property);
	reso_stream_init(&p->stream, c);
	return answer(p);
}

int reso_page_count(struct reso_call *c, const struct reso_want *want, int64_t *ret_count)
{
	struct reso_sql *q = ARENA_NEW(c->arena, struct reso_sql);
	struct batch *b = reso_batch(c);

	if (conditions(c, want, q))
		return -1;
	const char *sql = str_cstr(c->arena, reso_sql_count(q)); /* adds parameters */
	batch_read_only(b);
	batch_add(b, sql, q->params_n, q->params);
	if (reso_run(c, b))
		return -1;
	*ret_count = result_i64(batch_result(b, 0), 0, 0);
	return 0;
}

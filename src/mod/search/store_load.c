/* An index out of the table: one fiber reads COPY and cuts it into pieces, another has each piece put into the index in a thread, so that
 * PostgreSQL, the loop and the thread work at the same time and memory stays flat. Then the words of the fields, several at a time. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/worker.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "db/db.h"
#include "db/result.h"
#include "db/session.h"
#include "loop/fiber.h"
#include "loop/fiber_queue.h"
#include "mod/search/index_build.h"
#include "mod/search/store_local.h"

#define PIECE ((size_t)256 * 1024)
#define PIECES 4

struct loading {
	struct search_held *h;
	struct search_index *ix;
	struct fiber_queue *pieces; /* struct buf */
	struct buf *piece;          /* being filled */
	struct fiber *builder;
	int turn;     /* of the field that is next to be finished */
	bool is_full; /* no room for it */
	bool is_bad;  /* a row that is none */
};

static struct buf *new_piece(void)
{
	struct buf *b = calloc(1, sizeof *b);

	if (!b)
		abort();
	buf_init(b, 0);
	return b;
}

static void free_piece(struct buf *b)
{
	buf_done(b);
	free(b);
}

static int on_row(struct str row, void *arg, struct err *e)
{
	struct loading *l = arg;

	buf_str(l->piece, row);
	if (l->piece->len < PIECE)
		return 0;
	int code = fiber_queue_put(l->pieces, l->piece);
	if (code)
		return err_set(e, (enum err_code)code, "loading ended");
	l->piece = new_piece();
	return 0;
}

/* A piece on its way into the index. */
struct building {
	struct search_index *ix;
	struct buf *piece;
	struct search_doc *docs; /* borrow from the piece */
	uint32_t *numbers;
	size_t n, cap;
	atomic_int turn; /* of the field that is next */
	bool is_bad;
};

static struct search_doc *next_doc(struct building *b)
{
	if (b->n == b->cap) {
		b->cap = b->cap ? 2 * b->cap : 64;
		b->docs = realloc(b->docs, b->cap * sizeof *b->docs);
		b->numbers = realloc(b->numbers, b->cap * sizeof *b->numbers);
		if (!b->docs || !b->numbers)
			abort();
	}
	return &b->docs[b->n++];
}

static void read_docs(void *arg)
{
	struct building *b = arg;
	struct str texts[SEARCH_ROW_MAX];
	char *p = b->piece->p, *end = p + b->piece->len;

	b->n = 0;
	while (p < end && !b->is_bad) {
		char *line = p, *newline = memchr(p, '\n', (size_t)(end - p));
		p = newline ? newline + 1 : end;
		b->is_bad = !newline ||
			!search_row_split(line, (size_t)(newline - line), texts,
				search_row_columns()) ||
			!search_row_doc(texts, next_doc(b));
	}
	if (!b->is_bad)
		search_index_build_number(b->ix, b->docs, b->n, b->numbers);
}

static void put_fields(void *arg)
{
	struct building *b = arg;

	for (int i; (i = atomic_fetch_add(&b->turn, 1)) < search_fields_n;)
		search_index_build_put(b->ix, search_index_build_turn(i), b->docs, b->n,
			b->numbers);
}

static void help(void *arg)
{
	fiber_work(put_fields, arg);
}

/* (waits) Two threads share the fields, unless another workspace is being loaded, too: searches want some. */
static void build(struct search_store *st, struct building *b)
{
	fiber_work(read_docs, b);
	if (b->is_bad)
		return;
	atomic_store(&b->turn, 0);
	struct fiber *helper = st->loading > 1 ? NULL : fiber_start(st->loop, help, b);
	fiber_work(put_fields, b);
	if (helper)
		fiber_join(helper);
}

/* (waits) The older one goes before a load is given up. */
static bool make_room(struct loading *l)
{
	struct search_held *h = l->h;

	h->next_bytes = search_index_bytes(l->ix);
	if (search_room_make(h->st, h))
		return true;
	if (!h->ix)
		return false;
	search_held_give_old(h);
	return search_room_make(h->st, h);
}

static void building_all(void *arg)
{
	struct loading *l = arg;
	struct building b = {.ix = l->ix};
	void *item;

	while (fiber_queue_take(l->pieces, &item) == 0) {
		if (!l->is_full && !l->is_bad && !l->h->is_gone) {
			b.piece = item;
			build(l->h->st, &b);
			l->is_bad |= b.is_bad;
			l->h->next_len = search_index_len(l->ix);
			l->is_full |= !make_room(l);
		}
		free_piece(item);
		if (l->is_full || l->is_bad)
			fiber_queue_close(l->pieces); /* and take what is still inside */
	}
	free(b.docs);
	free(b.numbers);
}

struct finishing {
	struct search_index *ix;
	int field;
};

static void finish_field(void *arg)
{
	struct finishing *f = arg;

	search_index_build_field(f->ix, f->field);
}

static void finish_some(void *arg)
{
	struct loading *l = arg;

	while (l->turn < search_fields_n && !l->h->is_gone) {
		struct finishing f = {l->ix, search_index_build_turn(l->turn++)};
		fiber_work(finish_field, &f);
	}
}

static void finish(struct loading *l)
{
	struct search_store *st = l->h->st;
	struct fiber *helper = st->loading > 1 ? NULL : fiber_start(st->loop, finish_some, l);

	finish_some(l);
	if (helper)
		fiber_join(helper);
	l->is_full |= !make_room(l);
}

static int select_one(struct session *s, struct arena *a, const char *sql, const char *parameter,
	struct result **ret, struct err *e)
{
	struct db_param p = db_text(parameter);

	return session_exec(s, a, sql, 1, &p, ret, e);
}

/* What the planner expects: for the eyes of who waits. */
static int read_expected(struct loading *l, struct session *s, struct arena *a, struct err *e)
{
	struct result *r;
	int64_t n = 0;

	if (session_exec(s, a, search_row_expected_sql(), 0, NULL, &r, e))
		return e->code;
	const struct json *plan = json_at(json_parse(a, result_text(r, 0, 0), e), 0);
	if (json_to_i64(json_get(json_get(plan, "Plan"), "Plan Rows"), &n) && n > 1)
		l->h->next_expected = (size_t)n;
	return e->code;
}

/* Snapshot and profile come before the rows: what changes in between is looked at again. */
static int read_head(struct loading *l, struct session *s, struct arena *a, struct err *e)
{
	struct search_held *h = l->h;
	struct result *r;

	if (select_one(s, a, "select set_config('plat.search_workspace', $1, true)", h->text, NULL,
		    e) ||
		select_one(s, a,
			"select pg_current_snapshot()::text, coalesce((select hashtextextended(p::text, 0) from mls.compliance_profiles p "
			"where p.workspace_id = $1::uuid), 0), mls.server_life(), (now() at time zone 'UTC')::date",
			h->text, &r, e))
		return e->code;
	h->next_since = strdup(result_text(r, 0, 0).p);
	if (!h->next_since)
		abort();
	h->next_profile = (uint64_t)result_i64(r, 0, 1);
	snprintf(h->next_day, sizeof h->next_day, "%s", result_text(r, 0, 3).p);
	if (!h->st->life[0])
		snprintf(h->st->life, sizeof h->st->life, "%s", result_text(r, 0, 2).p);
	return 0;
}

static int read_all(struct loading *l, struct arena *a, struct err *e)
{
	struct session *s = worker_session(l->h->st->db, e);

	if (!s)
		return e->code;
	int code = session_begin(s, e);
	if (!code)
		code = read_head(l, s, a, e);
	if (!code)
		code = read_expected(l, s, a, e);
	if (!code)
		code = session_copy_out(s, search_row_load_sql(a), on_row, l, e);
	if (!code && l->piece->len) {
		code = fiber_queue_put(l->pieces, l->piece);
		if (code)
			err_set(e, (enum err_code)code, "loading ended");
		else
			l->piece = NULL;
	}
	if (code && session_db_error(s))
		log_warn("search.load.refused", LOG_CSTR("message", session_db_error(s)->message));
	if (!code)
		code = session_commit(s, e);
	session_close(s);
	return code;
}

static int load(struct loading *l, struct arena *a, struct err *e)
{
	struct search_store *st = l->h->st;

	l->pieces = fiber_queue_new(PIECES);
	l->piece = new_piece();
	l->builder = fiber_start(st->loop, building_all, l);
	int code = read_all(l, a, e);
	fiber_queue_close(l->pieces);
	fiber_join(l->builder);
	fiber_queue_free(l->pieces);
	if (l->piece)
		free_piece(l->piece);
	if (!code && fiber_is_cancelled())
		code = err_set(e, E_CANCEL, "loading ended");
	if (!code && !l->is_full && !l->is_bad)
		finish(l);
	if (!l->is_full && !l->is_bad)
		return code;
	err_clear(e);
	if (l->is_full)
		return err_set(e, E_LIMIT,
			"the listings of this workspace need more memory than searches may take (PLAT_SEARCH_MEMORY)");
	return err_set(e, E_BUG, "a row of the listings could not be read");
}

static void settle(struct loading *l, int code, const struct err *e, int64_t took_us)
{
	struct search_held *h = l->h;
	struct search_store *st = h->st;

	h->next = l->ix;
	if (h->is_gone)
		return;
	if (code) {
		search_held_failed(h, code, e->msg);
		return;
	}
	h->load = SEARCH_LOAD_FRESH;
	st->stats.loads++;
	st->stats.load_us += (uint64_t)took_us;
	st->stats.last_load_us = took_us;
	log_info("search.loaded", LOG_CSTR("workspace", h->text),
		LOG_INT("listings", search_index_len(h->next)), LOG_INT("bytes", h->next_bytes),
		LOG_US("took_us", took_us));
	st->has_fresh = true;
	search_follow_soon(st);
}

void search_load_run(void *arg)
{
	struct search_held *h = arg;
	struct search_store *st = h->st;
	struct loading l = {.h = h, .ix = search_index_new()};
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	int64_t began = mono_us();

	search_index_build(l.ix);
	h->next_len = h->next_expected = 0;
	int code = load(&l, a, &e);
	settle(&l, code, &e, mono_us() - began);
	arena_free(a);
	fiber_detach(h->loader);
	h->loader = NULL;
	search_held_release(h);
	st->loading--;
	search_held_start_loads(st);
}

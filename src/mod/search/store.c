#include "mod/search/store.h"

#include <stdlib.h>
#include <unistd.h>

#include "app/service.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "loop/fiber.h"
#include "loop/loop.h"
#include "mod/search/store_local.h"

#define WAITING_MOST 64
#define QUICK_LEN 2000
#define QUICK_WEIGHT 50
#define QUICK_CANDIDATES 4
#define CURRENT_US (3 * US_PER_SECOND) /* the follower comes by each second */

/* One thread each; the pool has two more, for everything else (cmd/serve.c). */
static int searches_at_once(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	return cores < 1 ? 1 : cores > 64 ? 64 : (int)cores;
}

struct search_store *search_store_open(const struct search_store_options *o)
{
	struct search_store *st = calloc(1, sizeof *st);

	if (!st)
		abort();
	st->loop = o->loop;
	st->db = o->db;
	st->room = o->memory ? o->memory : search_room_default();
	st->gate.most = searches_at_once();
	st->gate.waiting_most = WAITING_MOST;
	search_follow_start(st);
	return st;
}

struct search_store *search_store_new(struct service *s)
{
	return search_store_open(
		&(struct search_store_options){.loop = service_loop(s), .db = service_db(s)});
}

void search_store_free(struct search_store *st)
{
	if (!st)
		return;
	st->is_stopping = true;
	search_follow_stop(st);
	while (st->n) {
		search_held_drop(st->held[st->n - 1]);
	}
	while (st->loading || st->freeing || st->users)
		(void)fiber_yield();
	free(st->held);
	free(st);
}

/* The index of a workspace, in use: made now when there is none. */
static int hold(struct search_store *st, struct str workspace_id, struct search_held **ret,
	struct err *e)
{
	struct uuid id;

	if (st->is_stopping)
		return err_set(e, E_CANCEL, "stopping");
	if (!uuid_parse(workspace_id, &id))
		return err_set(e, E_INPUT, "a workspace's id is a uuid");
	struct search_held *h = search_held_find(st, id);
	if (!h)
		h = search_held_new(st, id);
	h->used_us = mono_us();
	if (!h->ix && h->load == SEARCH_LOAD_NONE && h->not_before_us <= h->used_us)
		search_held_want(h);
	search_held_use(h);
	*ret = h;
	return 0;
}

struct searching {
	struct search_held *h;
	const struct search_query *q;
	struct arena *arena;
	struct search_result *ret;
	struct err err;
	int code;
};

static size_t weight_of(const struct search_filter *f)
{
	size_t n = 1;

	if (!f || f->op == SEARCH_ALL)
		return 0;
	if (f->op != SEARCH_MATCH)
		return n + weight_of(f->left) + (f->op == SEARCH_NOT ? 0 : weight_of(f->right));
	for (size_t i = 0; i < f->operands_n; i++)
		n += 1 + f->operands[i].corners_n;
	return n;
}

/* Takes less than to hand it to a thread and to be told; at the very worst a few milliseconds. */
static bool is_quick(const struct search_held *h, const struct search_query *q)
{
	size_t weight = q->terms_n * q->by_n + q->facets_n + weight_of(q->filter);

	for (size_t i = 0; i < q->by_n; i++)
		if (q->by[i].infix != SEARCH_INFIX_OFF)
			return false;
	for (size_t i = 0; i < q->sorts_n; i++)
		if (q->sorts[i].key == SEARCH_BY_EVAL)
			return false;
	return h->len <= QUICK_LEN && weight <= QUICK_WEIGHT && !q->is_exhaustive &&
		q->max_candidates <= QUICK_CANDIDATES;
}

static void search(void *arg)
{
	struct searching *s = arg;

	s->code = search_index_run(s->h->ix, s->q, s->arena, s->ret, &s->err);
}

/* The index may have made room for its successor between wait and lock. */
static int lock_index(struct search_held *h, struct err *e)
{
	for (;;) {
		if (search_held_wait(h, e))
			return e->code;
		search_lock_read(&h->lock);
		if (h->ix)
			return 0;
		search_lock_read_end(&h->lock);
	}
}

static void free_arena(void *arena)
{
	arena_free(arena);
}

/* In an arena of its own: of a thread, the loop may use the caller's while the thread computes. */
static int run_one(struct search_held *h, const struct search_query *q, struct arena *a,
	struct search_result *ret, struct err *e)
{
	struct arena *own = arena_new();
	struct searching s = {.h = h, .q = q, .arena = own, .ret = ret, .err = {.arena = own}};
	int64_t began = mono_us();

	if (is_quick(h, q))
		search(&s);
	else
		fiber_work(search, &s);
	h->st->stats.searches++;
	h->st->stats.search_us += (uint64_t)(mono_us() - began);
	if (s.code)
		err_set(e, (enum err_code)s.code, "%s", s.err.msg);
	arena_defer(a, free_arena, own);
	return s.code;
}

/* Nobody replaces the index while it is locked. */
static void tell_state(const struct search_held *h, struct search_result *ret)
{
	const struct search_store *st = h->st;

	ret->profile = h->profile;
	ret->is_current = h->load == SEARCH_LOAD_NONE && mono_us() - st->round_us < CURRENT_US;
}

static int run_locked(struct search_held *h, const struct search_query *q, struct arena *a,
	struct search_result *ret, struct err *e)
{
	if (lock_index(h, e))
		return e->code;
	int code = run_one(h, q, a, ret, e);
	tell_state(h, ret);
	search_lock_read_end(&h->lock);
	return code;
}

static int run_held(struct search_held *h, const struct search_query *q, struct arena *a,
	struct search_result *ret, struct err *e)
{
	struct search_store *st = h->st;

	if (search_held_wait(h, e))
		return e->code;
	if (is_quick(h, q)) /* passes those that wait for a thread */
		return run_locked(h, q, a, ret, e);
	if (search_gate_enter(&st->gate, e)) {
		st->stats.searches_busy++;
		return e->code;
	}
	int code = run_locked(h, q, a, ret, e);
	search_gate_leave(&st->gate);
	return code;
}

int search_store_run(struct search_store *st, struct str workspace_id, const struct search_query *q,
	struct arena *a, struct search_result *ret, struct err *e)
{
	struct search_held *h;

	if (hold(st, workspace_id, &h, e))
		return e->code;
	st->users++;
	int code = run_held(h, q, a, ret, e);
	search_held_release(h);
	st->users--;
	return code;
}

int search_store_len(struct search_store *st, struct str workspace_id, enum search_audience who,
	size_t *ret_n, struct err *e)
{
	struct search_held *h;

	if (hold(st, workspace_id, &h, e))
		return e->code;
	st->users++;
	int code = lock_index(h, e);
	if (!code) {
		*ret_n = search_index_len_for(h->ix, who);
		search_lock_read_end(&h->lock);
	}
	search_held_release(h);
	st->users--;
	return code;
}

void search_store_renew(struct search_store *st, struct str workspace_id)
{
	struct uuid id;
	struct search_held *h = uuid_parse(workspace_id, &id) ? search_held_find(st, id) : NULL;

	if (h)
		search_held_outdated(h);
}

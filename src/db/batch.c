#include "db/batch.h"

#include <assert.h>

#include "base/arena.h"
#include "db/batch_local.h"
#include "db/db_local.h"
#include "db/result_local.h"
#include "db/sqlstate.h"

#define STATEMENTS_MAX 1000

void batch_set_state(struct batch *b, enum batch_state to)
{
	static const unsigned may[BATCH_STATES] = {
		[BATCH_NEW] = 1u << BATCH_QUEUED | 1u << BATCH_ANSWERED,
		[BATCH_QUEUED] = 1u << BATCH_SENT | 1u << BATCH_ANSWERED | 1u << BATCH_DONE,
		[BATCH_SENT] = 1u << BATCH_QUEUED | 1u << BATCH_ANSWERED | 1u << BATCH_DONE,
		[BATCH_ANSWERED] = 1u << BATCH_DONE,
	};
	assert(may[b->state] & 1u << to);
	b->state = to;
}

static void on_arena_freed(void *p)
{
	struct batch *b = p;

	batch_forget(b);
	batch_drop_results(b);
}

struct batch *batch_new(struct arena *a)
{
	struct batch *b = ARENA_NEW(a, struct batch);

	b->arena = a;
	b->err.arena = a;
	arena_defer(a, on_arena_freed, b);
	return b;
}

void batch_as(struct batch *b, const struct db_caller *caller)
{
	assert(b->state == BATCH_NEW && b->n == 0 && !b->has_caller);
	b->has_caller = true;
	if (params_of_caller(b->arena, caller, &b->caller, &b->err) == 0)
		b->bytes += b->caller.bytes;
}

void batch_enter(struct batch *b, const struct stmt *preamble, int n, const struct db_param *params)
{
	assert(b->state == BATCH_NEW && b->n == 0 && !b->has_caller);
	b->has_caller = true;
	b->preamble = preamble;
	if (params_copy(b->arena, n, params, &b->caller, &b->err) == 0)
		b->bytes += b->caller.bytes;
}

void batch_read_only(struct batch *b)
{
	b->read_only = true;
}

static int add(struct batch *b, struct item item, int n, const struct db_param *params)
{
	assert(b->state == BATCH_NEW && b->n < STATEMENTS_MAX);
	if (b->n == b->cap) {
		int cap = b->cap ? 2 * b->cap : 4;
		size_t old = (size_t)b->cap * sizeof(*b->items);
		b->items = arena_resize(b->arena, b->items, old, (size_t)cap * sizeof(*b->items));
		b->cap = cap;
	}
	if (params_copy(b->arena, n, params, &item.params, &b->err) == 0)
		b->bytes += item.params.bytes;
	b->items[b->n] = item;
	return b->n++;
}

int batch_add(struct batch *b, const char *sql, int n, const struct db_param *params)
{
	return add(b, (struct item){.sql = sql}, n, params);
}

int batch_add_prepared(struct batch *b, const struct stmt *stmt, int n,
	const struct db_param *params)
{
	return add(b, (struct item){.sql = stmt->sql, .stmt = stmt}, n, params);
}

void batch_forget(struct batch *b)
{
	switch (b->state) {
	case BATCH_NEW:
	case BATCH_DONE: return;
	case BATCH_QUEUED: batch_list_remove(&b->db->queue, b); break;
	case BATCH_ANSWERED: batch_list_remove(&b->db->answered, b); break;
	case BATCH_SENT:
		b->flight->batch = NULL;
		b->flight = NULL;
		break;
	case BATCH_STATES: break;
	}
	b->db->stats.batches_forgotten++;
	batch_set_state(b, BATCH_DONE);
}

int batch_len(const struct batch *b)
{
	return b->n;
}

int batch_code(const struct batch *b)
{
	return b->err.code;
}

const struct err *batch_err(const struct batch *b)
{
	return &b->err;
}

const struct db_error *batch_db_error(const struct batch *b)
{
	return b->has_db_error ? &b->db_error : NULL;
}

struct result *batch_result(const struct batch *b, int i)
{
	assert(i >= 0 && i < b->n);
	return b->results ? result_of(b->results[i]) : NULL;
}

void batch_fail(struct batch *b, int i, const PGresult *pg)
{
	if (b->err.code)
		return;
	result_error(pg, b->arena, &b->db_error);
	b->db_error.statement = i;
	b->has_db_error = true;
	sqlstate_err(&b->err, &b->db_error);
}

void batch_take_result(struct batch *b, int i, PGresult *pg)
{
	PQclear(b->results[i]);
	b->results[i] = pg;
}

void batch_drop_results(struct batch *b)
{
	for (int i = 0; b->results && i < b->n; i++) {
		PQclear(b->results[i]);
		b->results[i] = NULL;
	}
	b->has_db_error = false;
	err_clear(&b->err);
}

void batch_list_add(struct batch_list *l, struct batch *b)
{
	b->next = NULL;
	b->prev = l->last;
	if (l->last)
		l->last->next = b;
	else
		l->first = b;
	l->last = b;
	l->n++;
	l->bytes += b->bytes;
}

void batch_list_add_first(struct batch_list *l, struct batch *b)
{
	b->prev = NULL;
	b->next = l->first;
	if (l->first)
		l->first->prev = b;
	else
		l->last = b;
	l->first = b;
	l->n++;
	l->bytes += b->bytes;
}

void batch_list_remove(struct batch_list *l, struct batch *b)
{
	if (b->prev)
		b->prev->next = b->next;
	else
		l->first = b->next;
	if (b->next)
		b->next->prev = b->prev;
	else
		l->last = b->prev;
	b->prev = b->next = NULL;
	l->n--;
	l->bytes -= b->bytes;
}

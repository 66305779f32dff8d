#include "mod/rest/run.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "db/batch.h"
#include "db/result.h"
#include "http/request.h"
#include "mod/rest/cache.h"
#include "mod/rest/config.h"
#include "mod/rest/plan.h"
#include "mod/rest/preamble.h"
#include "mod/rest/reply.h"
#include "mod/rest/request.h"
#include "mod/rest/run_cost.h"
#include "mod/rest/select_site.h"
#include "mod/rest/site.h"
#include "mod/rest/sql_guard.h"
#include "mod/rest/stream.h"

#define AWAY_DIALS 3     /* failed so often: who comes now is told at once, as PostgREST does */
#define STREAM_ROWS 1000 /* more rows than that go out as they come */
#define STREAM_BYTES (4 << 20) /* so do they when the last answer of this shape was larger */

struct run {
	struct rest_request *r;
	struct batch *batch;
	int exact, planned, main, response, rollback; /* statements of the batch; -1: not there */
	int64_t began_us;
	bool is_cut; /* main was asked for STREAM_ROWS + 1 rows at most */
};

struct db_param *rest_run_params(struct rest_request *r, const struct rest_statement *s)
{
	struct db_param *p = arena_array(r->arena, s->n + 1, sizeof *p);

	for (size_t i = 0; i < s->n; i++)
		p[i] = r->values.v[s->values[i]];
	return p;
}

static int add(struct run *x, const struct rest_statement *s)
{
	const struct rest_config *c = rest_site_config(x->r->site);
	struct db_param *p = rest_run_params(x->r, s);

	if (!s->stmt.sql)
		return -1;
	return c->db_prepared_statements ? batch_add_prepared(x->batch, &s->stmt, (int)s->n, p)
					 : batch_add(x->batch, s->stmt.sql, (int)s->n, p);
}

int64_t rest_run_limit(const struct rest_request *r)
{
	int64_t limit = r->query.root.has_limit ? r->query.root.limit : -1;
	int64_t most = rest_site_config(r->site)->db_max_rows;
	bool is_read =
		r->target == REST_TARGET_CALL || r->method == REST_GET || r->method == REST_HEAD;

	if (is_read && most > 0 && (limit < 0 || limit > most))
		return most;
	return limit;
}

/* Without printf, as every request needs it. */
static struct db_param number_param(const struct rest_request *r, int64_t n)
{
	char *room = arena_alloc(r->arena, STR_DECIMAL_SIZE);

	return db_str(str_decimal(room, n));
}

void rest_run_set_limit(struct rest_request *r, int64_t limit)
{
	if (r->plan->limit_value >= 0)
		r->values.v[r->plan->limit_value] = limit < 0 ? db_null() : number_param(r, limit);
}

/* Large answers are tried with a cap; whoever has more rows is run again as a stream. */
static void choose_limit(struct run *x)
{
	struct rest_request *r = x->r;
	int64_t limit = rest_run_limit(r);

	x->is_cut = r->plan->may_restart && r->plan->limit_value >= 0 &&
		r->plan->result == REST_RESULT_ROWS && r->http &&
		(limit < 0 || limit > STREAM_ROWS);
	rest_run_set_limit(r, x->is_cut ? STREAM_ROWS + 1 : limit);
}

bool rest_run_may_end_tx(const struct rest_config *c)
{
	return c->db_tx_end == REST_END_COMMIT_OVERRIDE ||
		c->db_tx_end == REST_END_ROLLBACK_OVERRIDE;
}

bool rest_run_rolls_back(const struct rest_request *r)
{
	const struct rest_config *c = rest_site_config(r->site);

	if (rest_run_may_end_tx(c) && r->prefer.tx != REST_TX_NONE)
		return r->prefer.tx == REST_TX_ROLLBACK;
	return c->db_tx_end == REST_END_ROLLBACK || c->db_tx_end == REST_END_ROLLBACK_OVERRIDE;
}

static void add_tail(struct run *x)
{
	if (rest_cache_uses(x->r->cache)->response)
		x->response = batch_add(x->batch,
			"select current_setting('response.headers', true), current_setting('response.status', true)",
			0, NULL);
	if (!rest_run_rolls_back(x->r))
		return;
	batch_add(x->batch, "set constraints all immediate", 0, NULL);
	/* fails, and takes everything with it */
	x->rollback = batch_add(x->batch, "select 'plat rollback'::int4", 0, NULL);
}

static void fill(struct run *x)
{
	struct rest_request *r = x->r;
	const char *isolation = rest_preamble_isolation(r), *pre = rest_run_pre_request(r);
	struct rest_preamble preamble;
	struct rest_extra extra;

	rest_preamble(r, &preamble);
	if (isolation)
		batch_add(x->batch, isolation, 0,
			NULL); /* has to be the first of its transaction */
	if (isolation)
		batch_add_prepared(x->batch, preamble.stmt, preamble.n, preamble.params);
	else
		batch_enter(x->batch, preamble.stmt, preamble.n, preamble.params);
	rest_preamble_extra(r, &extra);
	if (extra.n)
		batch_add(x->batch, extra.sql, extra.n, extra.params);
	if (pre)
		batch_add(x->batch, pre, 0, NULL);
	x->exact = add(x, &r->plan->count);
	x->planned = add(x, &r->plan->planned);
	x->main = add(x, &r->plan->main);
	add_tail(x);
	if (r->plan->is_read_only)
		batch_read_only(x->batch);
}

static bool says(const struct err *e, const char *words)
{
	return e->msg && strstr(e->msg, words);
}

void rest_run_busy(struct rest_request *r, const struct err *e)
{
	if ((e->code == E_BUSY && db_failed_dials(rest_site_db(r->site))) ||
		says(e, "no connection to PostgreSQL"))
		rest_fault(&r->fault, 503, "PGRST000",
			"Database connection error. Retrying the connection.");
	else if (e->code == E_BUSY && says(e, "lost"))
		rest_fault(&r->fault, 503, "PGRST001",
			"Database client error. Retrying the connection.");
	else if (e->code == E_BUSY)
		rest_fault(&r->fault, 504, "PGRST003",
			"Timed out acquiring connection from connection pool.");
	else if (e->code == E_INPUT)
		rest_fault(&r->fault, 400, "22021", "%s",
			e->msg ? e->msg : "a value cannot be sent");
	else
		rest_fault(&r->fault, 500, "PGRSTX00", "%s",
			e->code == E_BUG ? "Internal error"
				: e->msg ? e->msg
					 : "Internal error");
	if (e->code == E_BUSY && e->msg &&
		!says(e, "no connection")) /* that one names host and login */
		rest_fault_details(&r->fault, "%s", e->msg);
}

void rest_run_failed(struct rest_request *r, const struct db_error *e)
{
	if (rest_guard_fault(r, e) == 0)
		rest_fault_sql(&r->fault, e, r->login.anonymous);
}

static bool is_wanted_rollback(const struct run *x)
{
	const struct db_error *e = batch_db_error(x->batch);

	return e && x->rollback >= 0 && e->statement == x->rollback;
}

static struct result *found(const struct run *x, int i)
{
	return i >= 0 ? batch_result(x->batch, i) : NULL;
}

static int64_t number(const struct result *res, int col, int64_t otherwise)
{
	if (!res || col < 0 || result_rows(res) == 0 || result_is_null(res, 0, col))
		return otherwise;
	return result_i64(res, 0, col);
}

int64_t rest_run_total(struct rest_request *r, const struct result *exact,
	const struct result *planned)
{
	int64_t counted = exact ? number(exact, 0, -1) : -1,
		guess = planned ? rest_run_plan_rows(r, planned, NULL) : -1;
	int64_t most = rest_site_config(r->site)->db_max_rows,
		no_guess_from = select_site_most_counted(r->site);

	if (no_guess_from >= 0 && r->prefer.count != REST_COUNT_EXACT)
		return counted > no_guess_from ? -1 : counted;
	if (r->prefer.count == REST_COUNT_ESTIMATED && most > 0 && counted > most)
		return guess > counted ? guess : counted;
	return counted >= 0 ? counted : guess;
}

/* What a function has counted beside its rows; one that returns no set has one. */
static int64_t total_of_call(const struct rest_request *r, const struct result *main)
{
	if (r->target != REST_TARGET_CALL || r->prefer.count == REST_COUNT_NONE)
		return -1;
	if (!r->func->returns_set)
		return result_rows(main);
	if (!r->plan->total_col)
		return -1;
	return number(main, r->plan->total_col, r->query.root.offset > 0 ? -1 : 0);
}

void rest_run_outcome(struct rest_request *r, const struct result *exact,
	const struct result *planned, struct rest_outcome *o)
{
	o->total = rest_run_total(r, exact, planned);
	if (o->total < 0)
		o->total = total_of_call(r, o->main);
	o->affected = number(o->main, r->plan->affected_col, result_affected(o->main));
	o->inserted = r->plan->inserted_col < 0 ? -1 : number(o->main, r->plan->inserted_col, 0);
}

static void note_size(struct rest_plan *p, const struct result *res)
{
	uint64_t rows = (uint64_t)result_rows(res);

	if (rows > p->rows_max)
		p->rows_max = rows;
}

static void finish(struct run *x)
{
	struct rest_request *r = x->r;
	const struct result *main = found(x, x->main), *response = found(x, x->response);
	struct rest_outcome o = {.main = main, .headers = STR_NULL, .status = STR_NULL};

	if (x->is_cut && result_rows(main) > STREAM_ROWS) {
		rest_run_set_limit(r, rest_run_limit(r));
		rest_stream(r, rest_run_total(r, found(x, x->exact), found(x, x->planned)));
		return;
	}
	note_size(r->plan, main);
	rest_run_outcome(r, found(x, x->exact), found(x, x->planned), &o);
	if (response) {
		o.headers = result_text(response, 0, 0);
		o.status = result_text(response, 0, 1);
	}
	rest_reply_rows(r, &o);
}

static void on_done(struct batch *b, void *arg)
{
	struct run *x = arg;
	struct rest_request *r = x->r;

	r->run_us = mono_us() - x->began_us;
	if (batch_code(b) == 0 || is_wanted_rollback(x)) {
		finish(x);
		return;
	}
	if (batch_db_error(b))
		rest_run_failed(r, batch_db_error(b));
	else
		rest_run_busy(r, batch_err(b));
	rest_reply_fault(r);
}

static void on_gone(struct http_request *http, void *arg)
{
	batch_forget(arg);
	http_drop(http);
}

static void execute(struct rest_request *r)
{
	struct run *x = ARENA_NEW(r->arena, struct run);

	*x = (struct run){.r = r,
		.batch = batch_new(r->arena),
		.exact = -1,
		.planned = -1,
		.main = -1,
		.response = -1,
		.rollback = -1,
		.began_us = mono_us()};
	choose_limit(x);
	fill(x);
	int code = db_submit(rest_site_db(r->site), x->batch, on_done, x);
	if (code) {
		rest_run_busy(r,
			&(struct err){.arena = r->arena,
				.code = code,
				.msg = "every connection to PostgreSQL is busy"});
		rest_reply_fault(r);
		return;
	}
	if (r->http)
		http_on_gone(r->http, on_gone, x->batch);
}

void rest_run(struct rest_request *r)
{
	double limit = rest_cost_limit(r);

	if (db_failed_dials(rest_site_db(r->site)) >= AWAY_DIALS) {
		rest_run_busy(r, &(struct err){.arena = r->arena, .code = E_BUSY});
		rest_reply_fault(r);
		return;
	}
	if (limit > 0 && r->http && r->plan->result != REST_RESULT_BODY)
		rest_cost_check(r, limit, execute);
	else
		execute(r);
}

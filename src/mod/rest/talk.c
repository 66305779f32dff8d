#include "mod/rest/talk.h"

#include "base/arena.h"
#include "db/result.h"
#include "db/session.h"
#include "mod/rest/cache.h"
#include "mod/rest/plan.h"
#include "mod/rest/preamble.h"
#include "mod/rest/reply.h"
#include "mod/rest/request.h"
#include "mod/rest/run.h"
#include "mod/rest/site.h"

#define PART_ROWS 10000 /* of a read within a transaction, whose answer is kept until the end */

static int failed(struct rest_request *r, struct session *s, const struct err *e)
{
	if (session_db_error(s))
		rest_run_failed(r, session_db_error(s));
	else
		rest_run_busy(r, e);
	return -1;
}

struct session *rest_talk_session(struct rest_request *r)
{
	struct err e = {.arena = r->arena};
	struct session *s = session_open(rest_site_db(r->site), NULL, &e);

	if (!s)
		rest_run_busy(r, &e);
	return s;
}

static int say(struct rest_request *r, struct session *s, const char *sql, int n,
	const struct db_param *params, struct result **ret)
{
	struct err e = {.arena = r->arena};

	return session_exec(s, r->arena, sql, n, params, ret, &e) ? failed(r, s, &e) : 0;
}

int rest_talk_open(struct rest_request *r, struct session *s, const char *isolation)
{
	const char *level = isolation ? isolation : rest_preamble_isolation(r),
		   *pre = rest_run_pre_request(r);
	struct err e = {.arena = r->arena};
	struct rest_preamble preamble;
	struct rest_extra extra;

	rest_preamble(r, &preamble);
	rest_preamble_extra(r, &extra);
	if (session_begin(s, &e))
		return failed(r, s, &e);
	return (level && say(r, s, level, 0, NULL, NULL)) ||
			say(r, s, preamble.stmt->sql, preamble.n, preamble.params, NULL) ||
			(extra.n && say(r, s, extra.sql, extra.n, extra.params, NULL)) ||
			(pre && say(r, s, pre, 0, NULL, NULL))
		? -1
		: 0;
}

static int statement(struct rest_request *r, struct session *s, const struct rest_statement *st,
	struct result **ret)
{
	*ret = NULL;
	return st->stmt.sql ? say(r, s, st->stmt.sql, (int)st->n, rest_run_params(r, st), ret) : 0;
}

static int response(struct rest_request *r, struct session *s, struct rest_outcome *o)
{
	struct result *res;

	if (!rest_cache_uses(r->cache)->response)
		return 0;
	if (say(r, s,
		    "select current_setting('response.headers', true), current_setting('response.status', true)",
		    0, NULL, &res))
		return -1;
	o->headers = result_text(res, 0, 0);
	o->status = result_text(res, 0, 1);
	return 0;
}

void rest_talk_run(struct rest_request *r, struct session *s)
{
	struct result *exact, *planned, *main;
	struct rest_outcome o = {0};
	int64_t limit = rest_run_limit(r);

	rest_run_set_limit(r, limit < 0 || limit > PART_ROWS ? PART_ROWS : limit);
	if (statement(r, s, &r->plan->count, &exact) ||
		statement(r, s, &r->plan->planned, &planned) ||
		statement(r, s, &r->plan->main, &main) || response(r, s, &o)) {
		rest_reply_fault(r);
		return;
	}
	o.main = main;
	rest_run_outcome(r, exact, planned, &o);
	rest_reply_rows(r, &o);
}

int rest_talk_close(struct rest_request *r, struct session *s)
{
	struct err e = {.arena = r->arena};

	if (rest_run_rolls_back(r)) {
		session_rollback(s, NULL);
		return 0;
	}
	return session_commit(s, &e) ? failed(r, s, &e) : 0;
}

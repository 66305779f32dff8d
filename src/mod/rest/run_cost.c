#include "mod/rest/run_cost.h"

#include "base/arena.h"
#include "db/batch.h"
#include "http/request.h"
#include "mod/rest/config.h"
#include "mod/rest/plan.h"
#include "mod/rest/preamble.h"
#include "mod/rest/reply.h"
#include "mod/rest/request.h"
#include "mod/rest/run.h"
#include "mod/rest/site.h"

struct check {
	struct rest_request *r;
	double limit;
	int explain;
	void (*go_on)(struct rest_request *r);
};

double rest_cost_limit(const struct rest_request *r)
{
	return r->plan->is_read_only
		? rest_config_cost_limit(rest_site_config(r->site), r->login.role)
		: 0;
}

static void on_explained(struct batch *b, void *arg)
{
	struct check *c = arg;
	struct rest_request *r = c->r;
	double cost = 0;

	if (batch_code(b)) {
		if (batch_db_error(b))
			rest_run_failed(r, batch_db_error(b));
		else
			rest_run_busy(r, batch_err(b));
		rest_reply_fault(r);
		return;
	}
	rest_run_plan_rows(r, batch_result(b, c->explain), &cost);
	if (cost <= c->limit) {
		c->go_on(r);
		return;
	}
	rest_fault(&r->fault, 400, "PLAT002",
		"This request is expected to cost more than the role may spend");
	rest_fault_details(&r->fault,
		"The planner's estimate is %.0f, the limit of role \"" STR_FMT "\" is %.0f", cost,
		STR_ARG(r->login.role), c->limit);
	rest_fault_hint(&r->fault, "Narrow the filters, or lower the limit");
	rest_reply_fault(r);
}

static void on_gone(struct http_request *http, void *arg)
{
	batch_forget(arg);
	http_drop(http);
}

void rest_cost_check(struct rest_request *r, double limit, void (*go_on)(struct rest_request *r))
{
	struct check *c = ARENA_NEW(r->arena, struct check);
	const struct rest_statement *main = &r->plan->main;
	struct batch *b = batch_new(r->arena);
	struct rest_preamble preamble;

	*c = (struct check){.r = r, .limit = limit, .go_on = go_on};
	rest_preamble(r, &preamble);
	batch_enter(b, preamble.stmt, preamble.n, preamble.params);
	c->explain =
		batch_add(b, arena_printf(r->arena, "explain (format json) %s", main->stmt.sql),
			(int)main->n, rest_run_params(r, main));
	batch_read_only(b);
	int code = db_submit(rest_site_db(r->site), b, on_explained, c);
	if (code) {
		rest_run_busy(r, &(struct err){.arena = r->arena, .code = code});
		rest_reply_fault(r);
	} else {
		http_on_gone(r->http, on_gone, b);
	}
}

#include "mod/rest/if_match.h"

#include <string.h>

#include "base/arena.h"
#include "db/session.h"
#include "http/request.h"
#include "loop/fiber.h"
#include "mod/rest/etag.h"
#include "mod/rest/flow.h"
#include "mod/rest/reply.h"
#include "mod/rest/request.h"
#include "mod/rest/site.h"
#include "mod/rest/talk.h"

struct condition {
	struct rest_request *r, *read;
	struct fiber *fiber;
	bool is_gone, is_answered;
};

bool rest_if_match_asked(const struct rest_request *r)
{
	return r->http &&
		(r->method == REST_PATCH || r->method == REST_PUT || r->method == REST_DELETE) &&
		rest_request_header(r, "If-Match").p;
}

static void on_read(struct rest_request *read, void *arg)
{
	(void)read, (void)arg; /* it is in read->answer */
}

/* The answer is kept until the transaction has ended. */
static void on_written(struct rest_request *r, void *arg)
{
	(void)r;
	((struct condition *)arg)->is_answered = true;
}

static int plan_read(struct condition *c)
{
	struct rest_request *r = c->r, *read = ARENA_NEW(r->arena, struct rest_request);

	*read = (struct rest_request){.arena = r->arena,
		.site = r->site,
		.cache = r->cache,
		.login = r->login,
		.role = r->role,
		.method = REST_GET,
		.target = REST_TARGET_TABLE,
		.name = r->name,
		.schema = r->schema,
		.table = r->table,
		.began_us = r->began_us,
		.on_answer = on_read,
		.fault.arena = r->arena};
	c->read = read;
	if (rest_parse_accept(r->arena, STR_NULL, &read->accepts, &read->n_accepts, &read->fault) ||
		rest_flow_plan(read, r->http->query, STR_NULL, STR_NULL, STR_NULL)) {
		r->fault = read->fault;
		return -1;
	}
	return 0;
}

static bool is_same(const struct condition *c)
{
	struct str rows = c->read->answer.body, list = rest_request_header(c->r, "If-Match");

	if (rows.len < 2 || str_eq(rows, STR("[]")))
		return false;
	return rest_etag_in(list, rest_etag_of(c->r, rows), false) ||
		rest_etag_in(list, rest_etag_of(c->r, str_sub(rows, 1, rows.len - 1)), false);
}

static int changed(struct rest_request *r)
{
	r->fault = (struct rest_fault){.arena = r->arena};
	rest_fault(&r->fault, 412, "PLAT005", "The row is not as If-Match says");
	return rest_fault_hint(&r->fault, "Read it again, and write with the ETag of that answer");
}

static int converse(struct condition *c, struct session *s)
{
	struct rest_request *r = c->r;

	if (rest_talk_open(r, s, "set transaction isolation level repeatable read") || plan_read(c))
		return -1;
	rest_talk_run(c->read, s);
	if (c->read->fault.status) {
		r->fault = c->read->fault;
		return -1;
	}
	if (!is_same(c))
		return changed(r);
	r->on_answer = on_written;
	r->answer_arg = c;
	rest_talk_run(r, s);
	r->on_answer = NULL;
	if (r->fault.status)
		return strcmp(r->fault.code, "40001") == 0 ? changed(r) : -1;
	return rest_talk_close(r, s);
}

static void run(void *arg)
{
	struct condition *c = arg;
	struct rest_request *r = c->r;
	struct session *s = rest_talk_session(r);
	int code = s ? converse(c, s) : -1;

	session_close(s);
	http_on_gone(r->http, NULL, NULL);
	if (c->is_gone) {
		http_drop(r->http);
	} else if (code) {
		r->answer = (struct rest_answer){0};
		rest_reply_fault(r);
	} else {
		rest_answer_send(r, r->answer.status, r->answer.content_type, r->answer.body);
	}
}

static void on_gone(struct http_request *http, void *arg)
{
	struct condition *c = arg;

	(void)http;
	c->is_gone = true;
	fiber_cancel(c->fiber);
}

void rest_if_match_run(struct rest_request *r)
{
	struct condition *c = ARENA_NEW(r->arena, struct condition);

	c->r = r;
	c->fiber = rest_site_fiber(r->site, run, c);
	http_on_gone(r->http, on_gone, c);
}

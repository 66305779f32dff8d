#include "mod/search/call.h"

#include <stdarg.h>

#include "app/coding.h"
#include "app/cors.h"
#include "app/module.h"
#include "app/req_fiber.h"
#include "app/service.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/log.h"
#include "http/reply.h"
#include "http/request.h"
#include "mod/search/asked.h"
#include "mod/search/search_local.h"

#define JSON_TYPE "application/json; charset=utf-8"

struct start {
	struct search_call call;
	unsigned needs;
	search_handler *fn;
};

int search_call_fault(struct search_call *c, int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (!c->err.code)
		c->status = status;
	err_set(&c->err, E_INPUT, "%s", arena_vprintf(c->arena, fmt, ap));
	va_end(ap);
	return -1;
}

void search_call_write_fault(struct search_call *c, struct jsonw *w, const struct err *e,
	bool is_within)
{
	struct str words = str_of(e->msg);

	if (e->code == E_BUG) {
		log_error("search.failed", LOG_REQUEST(c->http->id), LOG_ERR(e));
		words = str_printf(c->arena, "an error of ours, logged as request " STR_FMT,
			STR_ARG(c->http->id));
	}
	jsonw_obj(w);
	if (is_within)
		jsonw_key(w, "code"), jsonw_i64(w, err_http_status(e->code));
	jsonw_key(w, is_within ? "error" : "message"), jsonw_str(w, words);
	jsonw_obj_end(w);
}

int search_call_reply(struct search_call *c, int status, struct buf *b)
{
	http_reply_header(c->http, "Cache-Control", STR("no-store"));
	struct str body = coding_answer(c->http, str_copy(c->arena, buf_view(b)));
	buf_done(b);
	http_reply(c->http, status, JSON_TYPE, body);
	return 0;
}

static void refuse(struct search_call *c)
{
	int status = c->status ? c->status : err_http_status(c->err.code);
	struct buf b;

	if (c->err.code == E_CANCEL) {
		http_drop(c->http);
		return;
	}
	if (status == 503 || status == 429)
		http_reply_header(c->http, "Retry-After", STR("1"));
	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	search_call_write_fault(c, &w, &c->err, false);
	search_call_reply(c, status, &b);
}

static int prepare(struct search_call *c, unsigned needs)
{
	struct str key = search_access_sent(c->arena, c->http);

	c->url = search_asked_url(c->arena, c->http->query, &c->err);
	if (!c->url || search_access_find(c->arena, c->http, key, &c->who, &c->err))
		return -1;
	return c->who.actions & needs ? 0 : err_set(&c->err, E_LOGIN, "%s", ACCESS_REFUSED);
}

static void run(struct req *r)
{
	struct start *s = r->http->user;

	cors_answer(r->http);
	if (prepare(&s->call, s->needs) || s->fn(&s->call))
		refuse(&s->call);
}

void search_call_start(struct req *r, unsigned needs, search_handler *fn)
{
	struct start *s = ARENA_NEW(r->http->arena, struct start);

	*s = (struct start){.needs = needs, .fn = fn};
	s->call = (struct search_call){
		.req = r,
		.http = r->http,
		.arena = r->http->arena,
		.site = search_site(),
		.err = {.arena = r->http->arena},
	};
	if (!s->call.site || !service_token_keys(r->service)) {
		http_reply_problem(r->http, 503, "busy",
			STR("there is no database in this process"));
		return;
	}
	r->http->user = s;
	req_fiber_go(r, run);
}

int search_call_collection(struct search_call *c)
{
	struct str name = c->req->params[0];

	if (str_eq(name, STR("listings")))
		return 0;
	return err_set(&c->err, E_ABSENT, "there is no collection '" STR_FMT "'; there is listings",
		STR_ARG(str_sub(name, 0, 100)));
}

int search_call_body(struct search_call *c, size_t max, const struct json **ret_body)
{
	struct str text;

	if (req_fiber_body(c->req, max, &text, &c->err))
		return -1;
	/* Whatever type it says it has: browsers send text/plain so as not to ask first. */
	*ret_body = json_parse(c->arena, text, &c->err);
	if (!*ret_body)
		return err_prefix(&c->err, "the body is no JSON");
	if (json_type(*ret_body) != JSON_OBJECT)
		return err_set(&c->err, E_INPUT, "the body has to be an object");
	return 0;
}

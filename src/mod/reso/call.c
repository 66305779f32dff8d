#include "mod/reso/call.h"

#include <stdarg.h>
#include <stdio.h>

#include "app/cors.h"
#include "app/module.h"
#include "app/req_fiber.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/pack.h"
#include "db/batch.h"
#include "db/sqlstate.h"
#include "http/reply.h"
#include "http/request.h"
#include "mod/reso/consumer.h"
#include "mod/reso/stream.h"

#define WORTH_BYTES 1024 /* smaller answers are not compressed */

struct start {
	struct reso_call call;
	bool with_login;
	reso_handler *fn;
};

/* --- faults --------------------------------------------------------------------------------------- */

int reso_fault(struct reso_call *c, int status, const char *fmt, ...)
{
	char words[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(words, sizeof words, fmt, ap);
	va_end(ap);
	return odata_fault_set(&c->fault, status, NULL, 0, "%s", words);
}

int reso_fail(struct reso_call *c, const struct err *e)
{
	if (e->code == E_BUG)
		log_error("reso.failed", LOG_ERR(e));
	return odata_fault_from(&c->fault, e);
}

/* What our functions raise as PTnnn has that status. */
int reso_fail_batch(struct reso_call *c, const struct batch *b)
{
	const struct db_error *why = batch_db_error(b);
	int status = why ? sqlstate_status(why->sqlstate) : 0;

	if (status >= 400)
		return reso_fault(c, status, "%s", why->message);
	if (why)
		log_warn("reso.sql", LOG_CSTR("sqlstate", why->sqlstate),
			LOG_CSTR("message", why->message));
	return reso_fail(c, batch_err(b));
}

static void refuse(struct reso_call *c)
{
	struct http_request *http = c->http;

	if (c->fault.status == 503)
		http_reply_header(http, "Retry-After", STR("1"));
	if (c->fault.status == 499) {
		http_drop(http);
		return;
	}
	http_reply(http, c->fault.status, "application/json;charset=utf-8",
		odata_fault_body(&c->fault));
}

/* --- the frame ------------------------------------------------------------------------------------ */

static void run(struct req *r)
{
	struct start *s = r->http->user;
	struct reso_call *c = &s->call;

	cors_answer(c->http);
	http_reply_header(c->http, "OData-Version", STR(ODATA_VERSION));
	http_reply_header(c->http, "Cache-Control", STR("no-store"));
	if ((s->with_login && reso_consumer_login(c)) || s->fn(c))
		refuse(c);
}

static struct str root_of(const struct reso *site, const struct http_request *http)
{
	return site->root.p ? site->root
			    : STR_JOIN(http->arena, STR("http://"), http->host, STR("/reso/odata"));
}

void reso_call_start(struct req *r, bool with_login, reso_handler *fn)
{
	struct start *s = ARENA_NEW(r->http->arena, struct start);
	struct reso *site = reso_of(r->service);

	if (!site) {
		http_reply_problem(r->http, 503, "busy",
			STR("there is no database in this process"));
		return;
	}
	*s = (struct start){.with_login = with_login, .fn = fn};
	s->call = (struct reso_call){
		.req = r,
		.http = r->http,
		.arena = r->http->arena,
		.site = site,
		.db = site->db,
		.root = root_of(site, r->http),
		.fault = {.arena = r->http->arena},
		.err = {.arena = r->http->arena},
		.now_us = now_us(),
	};
	r->http->user = s;
	req_fiber_go(r, run);
}

/* --- database ------------------------------------------------------------------------------------- */

struct batch *reso_batch(struct reso_call *c)
{
	struct batch *b = batch_new(c->arena);

	batch_as(b,
		&(struct db_caller){.role = STR("plat_worker"),
			.statement_timeout_ms = RESO_STATEMENT_MS});
	return b;
}

int reso_run(struct reso_call *c, struct batch *b)
{
	struct err e = {.arena = c->arena};

	return db_run(c->db, b, &e) ? reso_fail_batch(c, b) : 0;
}

/* --- answers -------------------------------------------------------------------------------------- */

int reso_reply(struct reso_call *c, const char *type, struct str body)
{
	struct pack *p = body.len >= WORTH_BYTES ? reso_stream_pack(c) : NULL;
	struct buf out;

	if (p) {
		buf_init(&out, 0);
		pack_add(p, body, false, true, &out);
		body = str_copy(c->arena, buf_view(&out));
		buf_done(&out);
	}
	http_reply(c->http, 200, type, body);
	return 0;
}

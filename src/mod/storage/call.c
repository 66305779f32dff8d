#include "mod/storage/call.h"

#include <string.h>

#include "app/cors.h"
#include "app/module.h"
#include "app/req_fiber.h"
#include "app/service.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "db/batch.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/url.h"
#include "mod/storage/name.h"
#include "mod/storage/storage_local.h"

#define JSON_BODY_MAX (1024 * 1024)

const struct db_caller storage_worker = {.role = {STR_INIT("plat_worker")}};

struct start {
	struct storage_call call;
	unsigned wants;
	storage_handler *fn;
};

/* --- what a route needs ----------------------------------------------------------------------- */

static int read_json(struct storage_call *c)
{
	struct str text;

	if (req_fiber_body(c->req, JSON_BODY_MAX, &text, &c->err))
		return storage_fail(c, &c->err);
	c->body = json_parse(c->arena, str_trim(text).len ? text : STR("{}"), &c->err);
	if (!c->body)
		return storage_fault(c, "InvalidRequest", "%s", c->err.msg);
	if (json_type(c->body) != JSON_OBJECT)
		return storage_fault(c, "InvalidRequest", "body must be object");
	return 0;
}

static int read_names(struct storage_call *c, unsigned wants)
{
	if (wants & STORAGE_BUCKET) {
		c->bucket = c->req->params[0];
		if (!storage_name_is_bucket(c->bucket))
			return storage_fault_bucket(c);
	}
	if (wants & STORAGE_OBJECT && !storage_name_decode(c->arena, c->req->params[1], &c->name))
		return storage_fault_key(c, c->req->params[1]);
	return 0;
}

static int prepare(struct storage_call *c, unsigned wants)
{
	if (!(wants & STORAGE_OPEN) && storage_login(c))
		return -1;
	if (read_names(c, wants))
		return -1;
	return wants & STORAGE_JSON ? read_json(c) : 0;
}

/* Clients of Supabase expect 400 whatever the body says; what proxies and browsers act on stays what it is. */
static int sent_status(int status)
{
	switch (status) {
	case 413:
	case 415:
	case 416:
	case 423:
	case 429: return status;
	default: return status < 500 ? 400 : status;
	}
}

static void refuse(struct storage_call *c)
{
	struct buf b;
	struct jsonw w;
	char status[STR_DECIMAL_SIZE];

	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "statusCode");
	jsonw_str(&w, str_decimal(status, c->status));
	jsonw_key(&w, "code"), jsonw_cstr(&w, c->code);
	jsonw_key(&w, "error"), jsonw_cstr(&w, c->error);
	jsonw_key(&w, "message"), jsonw_str(&w, c->message);
	jsonw_end(&w);
	if (c->status == 503)
		http_reply_header(c->http, "Retry-After", STR("1"));
	storage_reply(c, sent_status(c->status), &b);
	buf_done(&b);
}

static void run(struct req *r)
{
	struct start *s = r->http->user;
	struct storage_call *c = &s->call;

	cors_answer(r->http);
	if (prepare(c, s->wants) || s->fn(c))
		refuse(c);
}

void storage_call_start(struct req *r, unsigned wants, storage_handler *fn)
{
	struct start *s = ARENA_NEW(r->http->arena, struct start);

	s->wants = wants;
	s->fn = fn;
	s->call = (struct storage_call){
		.req = r,
		.http = r->http,
		.arena = r->http->arena,
		.service = r->service,
		.storage = storage_of(r->service),
		.db = service_db(r->service),
		.caller = {.role = STR("anon")},
		.err = {.arena = r->http->arena},
	};
	if (!s->call.storage) {
		http_reply_problem(r->http, 503, "busy",
			STR("there is no storage in this process"));
		return;
	}
	s->call.engine = s->call.storage->engine;
	r->http->user = s;
	req_fiber_go(r, run);
}

/* --- database ----------------------------------------------------------------------------------- */

struct batch *storage_batch(struct storage_call *c, bool as_worker)
{
	struct batch *b = batch_new(c->arena);

	batch_as(b, as_worker ? &storage_worker : &c->caller);
	return b;
}

int storage_run(struct storage_call *c, struct batch *b)
{
	struct err e = {.arena = c->arena};

	return db_run(c->db, b, &e) ? storage_fail_batch(c, b) : 0;
}

/* --- what was sent -------------------------------------------------------------------------------- */

static int wrong_type(struct storage_call *c, const char *name, const char *type)
{
	return storage_fault(c, "InvalidRequest", "body/%s must be %s", name, type);
}

static const struct json *member(const struct storage_call *c, const char *name)
{
	const struct json *v = json_get(c->body, name);

	return json_type(v) == JSON_NULL ? NULL : v;
}

int storage_body_str(struct storage_call *c, const char *name, struct str *ret_text)
{
	const struct json *v = member(c, name);

	*ret_text = STR_NULL;
	if (v && !json_to_str(v, ret_text))
		return wrong_type(c, name, "string");
	if (ret_text->p && memchr(ret_text->p, 0, ret_text->len))
		return storage_fault(c, "InvalidRequest", "body/%s has a NUL in it", name);
	return 0;
}

int storage_body_bool(struct storage_call *c, const char *name, bool fallback, bool *ret_value)
{
	const struct json *v = member(c, name);

	*ret_value = fallback;
	return v && !json_to_bool(v, ret_value) ? wrong_type(c, name, "boolean") : 0;
}

int storage_body_int(struct storage_call *c, const char *name, int64_t fallback, int64_t *ret_n)
{
	const struct json *v = member(c, name);

	*ret_n = fallback;
	return v && !json_to_i64(v, ret_n) ? wrong_type(c, name, "integer") : 0;
}

int storage_body_need(struct storage_call *c, const char *name, struct str *ret_text)
{
	if (storage_body_str(c, name, ret_text))
		return -1;
	if (!ret_text->len)
		return storage_fault(c, "InvalidRequest", "body must have required property '%s'",
			name);
	return 0;
}

struct str storage_query(struct storage_call *c, const char *name)
{
	return http_query_get(c->arena, c->http->query, name);
}

bool storage_header_is_true(struct storage_call *c, const char *name)
{
	return str_eq_nocase(http_header(c->http, name), STR("true"));
}

/* --- answers -------------------------------------------------------------------------------------- */

int storage_reply_text(struct storage_call *c, int status, struct str json)
{
	http_reply_header(c->http, "Cache-Control", STR("no-store"));
	http_reply(c->http, status, "application/json; charset=utf-8", json);
	return 0;
}

int storage_reply(struct storage_call *c, int status, struct buf *b)
{
	return storage_reply_text(c, status, str_copy(c->arena, buf_view(b)));
}

int storage_reply_message(struct storage_call *c, const char *message)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "message"), jsonw_cstr(&w, message);
	jsonw_end(&w);
	storage_reply(c, 200, &b);
	buf_done(&b);
	return 0;
}

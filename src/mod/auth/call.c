#include "mod/auth/call.h"

#include <assert.h>

#include "app/bearer.h"
#include "app/cors.h"
#include "app/forwarded.h"
#include "app/module.h"
#include "app/req_fiber.h"
#include "app/service.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/log.h"
#include "base/uuid.h"
#include "db/batch.h"
#include "db/result.h"
#include "db/sqlstate.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/url.h"
#include "loop/fiber.h"
#include "mod/auth/auth_local.h"

#define BODY_MAX (256 * 1024)
#define EVEN_US (250 * US_PER_MS)
#define VERSION_HEADER "X-Supabase-Api-Version"
#define VERSION "2024-01-01"

struct start {
	struct auth_call call;
	enum auth_who who;
	auth_handler *fn;
};

int auth_fault(struct auth_call *c, int status, const char *code, const char *fmt, ...)
{
	va_list ap;

	if (c->status)
		return -1; /* the first refusal stays */
	va_start(ap, fmt);
	c->words = str_of(arena_vprintf(c->arena, fmt, ap));
	va_end(ap);
	c->status = status;
	c->code = code;
	return -1;
}

int auth_fail(struct auth_call *c, const struct err *e)
{
	if (c->status)
		return -1;
	c->err = *e;
	log_error("auth.failed", LOG_REQUEST(c->req->http->id), LOG_STR("path", c->req->http->path),
		LOG_ERR(e));
	if (e->code == E_BUSY || e->code == E_CANCEL)
		return auth_fault(c, 503, "request_timeout",
			"The server is busy, try again in a moment");
	return auth_fault(c, 500, "unexpected_failure",
		"Unexpected failure, please check server logs for more information (request " STR_FMT
		")",
		STR_ARG(c->req->http->id));
}

int auth_fail_batch(struct auth_call *c, const struct batch *b, const char *code)
{
	const struct db_error *why = batch_db_error(b);
	int status = why ? sqlstate_status(why->sqlstate) : 0;

	if (status)
		return auth_fault(c, status, why->detail[0] ? why->detail : code, "%s",
			why->message);
	if (why)
		log_error("auth.refused", LOG_REQUEST(c->req->http->id),
			LOG_CSTR("sqlstate", why->sqlstate), LOG_CSTR("message", why->message),
			LOG_CSTR("context", why->context));
	return auth_fail(c, batch_err(b));
}

struct batch *auth_call_batch(struct auth_call *c)
{
	struct batch *b = batch_new(c->arena);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	return b;
}

int auth_call_run(struct auth_call *c, struct batch *b)
{
	struct err e = {.arena = c->arena};

	return db_run(c->db, b, &e) ? auth_fail_batch(c, b, "validation_failed") : 0;
}

void auth_call_even(struct auth_call *c)
{
	int64_t over = (mono_us() - c->started_us) % EVEN_US;

	fiber_sleep_ms((uint64_t)((EVEN_US - over) / US_PER_MS));
}

/* Answers */

static void headers(struct auth_call *c)
{
	struct http_request *http = c->req->http;

	assert(!c->is_answered);
	c->is_answered = true;
	cors_answer(http);
	http_reply_header(http, "Cache-Control", STR("no-store"));
	http_reply_header(http, VERSION_HEADER, STR(VERSION));
}

int auth_reply(struct auth_call *c, int status, struct buf *b)
{
	assert(!b->failed);
	headers(c);
	http_reply(c->req->http, status, "application/json",
		str_copy(c->req->http->arena, buf_view(b)));
	return 0;
}

int auth_reply_row(struct auth_call *c, const struct batch *b)
{
	headers(c);
	http_reply(c->req->http, 200, "application/json",
		str_copy(c->req->http->arena, result_text(batch_result(b, 0), 0, 0)));
	return 0;
}

int auth_reply_empty(struct auth_call *c)
{
	headers(c);
	http_reply(c->req->http, 200, "application/json", STR("{}"));
	return 0;
}

int auth_reply_none(struct auth_call *c)
{
	headers(c);
	http_reply(c->req->http, 204, NULL, STR(""));
	return 0;
}

int auth_reply_redirect(struct auth_call *c, struct str url)
{
	headers(c);
	http_reply_header(c->req->http, "Location", url);
	http_reply(c->req->http, 303, NULL, STR(""));
	return 0;
}

static bool knows_version(const struct http_request *http)
{
	struct str version = http_header(http, VERSION_HEADER);

	return version.p && str_cmp(version, STR(VERSION)) >= 0;
}

static void reply_fault(struct auth_call *c)
{
	bool is_new = knows_version(c->req->http);
	struct buf b;

	if (!c->status) /* a handler that says -1 says why */
		auth_fault(c, 500, "unexpected_failure", "Unexpected failure");
	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	if (is_new) {
		jsonw_key(&w, "code"), jsonw_cstr(&w, c->code);
		jsonw_key(&w, "message"), jsonw_str(&w, c->words);
	} else {
		jsonw_key(&w, "code"), jsonw_i64(&w, c->status);
		jsonw_key(&w, "error_code"), jsonw_cstr(&w, c->code);
		jsonw_key(&w, "msg"), jsonw_str(&w, c->words);
	}
	for (struct json_iter it = json_each(c->details); json_next(&it);)
		jsonw_key_str(&w, it.key), jsonw_json(&w, it.value);
	jsonw_end(&w);
	headers(c);
	if (c->status == 503)
		http_reply_header(c->req->http, "Retry-After", STR("1"));
	http_reply(c->req->http, c->status, "application/json",
		str_copy(c->req->http->arena, buf_view(&b)));
	buf_done(&b);
}

/* Who asks */

static int check_session(struct auth_call *c)
{
	struct batch *b = auth_call_batch(c);
	struct db_param params[] = {db_str(c->session_id), db_str(c->user_id)};

	batch_read_only(b);
	batch_add(b,
		"select u.banned_until > now() as is_banned, s.id is not null as is_there, s.not_after <= now() as is_over "
		"from auth.users u left join auth.sessions s on s.id = $1 and s.user_id = u.id where u.id = $2 and u.deleted_at is null",
		2, params);
	if (auth_call_run(c, b))
		return -1;
	struct result *r = batch_result(b, 0);
	if (!result_rows(r))
		return auth_fault(c, 403, "user_not_found",
			"User from sub claim in JWT does not exist");
	if (!result_bool(r, 0, 1))
		return auth_fault(c, 403, "session_not_found",
			"Session from session_id claim in JWT does not exist");
	if (!result_is_null(r, 0, 2) && result_bool(r, 0, 2))
		return auth_fault(c, 403, "session_expired", "Session has expired");
	if (!result_is_null(r, 0, 0) && result_bool(r, 0, 0))
		return auth_fault(c, 403, "user_banned", "User is banned");
	return 0;
}

static int check_login(struct auth_call *c)
{
	if (!c->user_id.p)
		return auth_fault(c, 403, "bad_jwt", "invalid claim: missing sub claim");
	if (!c->session_id.p)
		return auth_fault(c, 403, "session_not_found",
			"Session from session_id claim in JWT does not exist");
	return check_session(c);
}

static int check_who(struct auth_call *c, enum auth_who who)
{
	struct bearer found = bearer_check(c->auth->keys, c->arena, c->req->http);
	struct str session = STR_NULL;

	c->role = STR("anon");
	if (found.is_there && found.reason == JWT_OK) {
		c->claims = found.json;
		c->role = found.role.p ? found.role : c->role;
		c->user_id = found.user_id;
		json_to_str(json_get(found.json, "session_id"), &session);
		json_to_str(json_get(found.json, "aal"), &c->aal);
		c->session_id = uuid_is_valid(session) ? session : STR_NULL;
	}
	if (who == AUTH_ANYBODY)
		return 0;
	if (!found.is_there)
		return auth_fault(c, 401, "no_authorization",
			"This endpoint requires a valid Bearer token");
	if (found.reason != JWT_OK)
		return auth_fault(c, 403, "bad_jwt",
			"invalid JWT: unable to parse or verify signature, %s",
			bearer_words(found.reason));
	if (who == AUTH_LOGIN)
		return check_login(c);
	if (!str_eq(c->role, STR("service_role")))
		return auth_fault(c, 403, "not_admin", "User not allowed");
	return 0;
}

/* The body */

static struct str form_as_json(struct auth_call *c, struct str body)
{
	struct err e = {.arena = c->arena};
	struct http_pair pair;
	struct buf b;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	for (struct str rest = body; http_query_next(c->arena, &rest, &pair, &e) > 0;)
		jsonw_key_str(&w, pair.name), jsonw_str(&w, pair.value);
	jsonw_end(&w);
	struct str text = str_copy(c->arena, buf_view(&b));
	buf_done(&b);
	return text;
}

static int read_body(struct auth_call *c)
{
	struct err e = {.arena = c->arena};
	struct str body = STR(""), type = http_header(c->req->http, "Content-Type");

	if (c->req->http->body_len && req_fiber_body(c->req, BODY_MAX, &body, &e))
		return auth_fault(c, err_http_status(e.code), "bad_json", "%s", e.msg);
	if (str_starts(type, STR("application/x-www-form-urlencoded")))
		body = form_as_json(c, body);
	if (!str_trim(body).len)
		body = STR("{}");
	c->body = json_parse(c->arena, body, &e);
	if (!c->body)
		return auth_fault(c, 400, "bad_json", "Could not parse request body as JSON: %s",
			e.msg);
	if (json_type(c->body) != JSON_OBJECT)
		return auth_fault(c, 400, "bad_json",
			"Could not read body: a JSON object is wanted");
	return 0;
}

static int missing(struct auth_call *c)
{
	return auth_fault(c, 503, "unexpected_failure", "There is no database to sign in with");
}

static void run(struct req *r)
{
	struct start *s = r->http->user;
	struct auth_call *c = &s->call;

	c->remote = forwarded_remote(c->req->http);
	int code = !c->auth || !c->db ? missing(c) : read_body(c);
	if (!code)
		code = check_who(c, s->who);
	if (!code)
		code = s->fn(c);
	if (code)
		reply_fault(c);
}

void auth_call_start(struct req *r, enum auth_who who, auth_handler *fn)
{
	struct start *s = ARENA_NEW(r->http->arena, struct start);

	*s = (struct start){.who = who, .fn = fn};
	s->call = (struct auth_call){.req = r,
		.arena = r->http->arena,
		.service = r->service,
		.auth = auth_get(),
		.db = service_db(r->service),
		.user_agent = http_header(r->http, "User-Agent"),
		.started_us = mono_us(),
		.err = {.arena = r->http->arena}};
	r->http->user = s;
	req_fiber_go(r, run);
}

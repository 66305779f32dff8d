/* What was sent to /mls/v1, and the answers. */
#include <assert.h>
#include <string.h>

#include "app/module.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/log.h"
#include "base/nearest.h"
#include "base/uuid.h"
#include "db/batch.h"
#include "db/result.h"
#include "db/sqlstate.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/url.h"
#include "mod/mls/caller_local.h"

#define JSON_TYPE "application/json; charset=utf-8"

/* --- refusals ----------------------------------------------------------------------------------- */

int caller_fault(struct caller *c, int status, const char *fmt, ...)
{
	va_list ap;

	if (c->status)
		return -1;
	va_start(ap, fmt);
	c->message = str_of(arena_vprintf(c->arena, fmt, ap));
	va_end(ap);
	c->status = status;
	return -1;
}

int caller_fail(struct caller *c, const struct err *e)
{
	int status = err_http_status(e->code);

	if (status >= 500)
		log_error("mls.failed", LOG_REQUEST(c->http->id), LOG_STR("path", c->http->path),
			LOG_ERR(e));
	if (e->code == E_BUG)
		return caller_fault(c, 500, "an error of ours, logged as request " STR_FMT,
			STR_ARG(c->http->id));
	return caller_fault(c, status, "%s", e->msg);
}

int caller_fail_batch(struct caller *c, const struct batch *b)
{
	const struct db_error *why = batch_db_error(b);
	int status = why ? sqlstate_status(why->sqlstate) : 0;

	if (status)
		return caller_fault(c, status, "%s", why->message);
	if (why)
		log_warn("db.refused", LOG_REQUEST(c->http->id),
			LOG_CSTR("sqlstate", why->sqlstate), LOG_CSTR("message", why->message),
			LOG_INT("statement", why->statement));
	return caller_fail(c, batch_err(b));
}

void caller_refuse(struct caller *c)
{
	struct buf b;

	if (!c->status) /* a handler that says -1 says why */
		caller_fault(c, 500, "unexpected failure");
	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "message"), jsonw_str(&w, c->message);
	jsonw_end(&w);
	if (c->status == 503 || c->status == 429)
		http_reply_header(c->http, "Retry-After", STR("1"));
	caller_reply(c, c->status, &b);
	buf_done(&b);
}

/* --- what was sent ------------------------------------------------------------------------------ */

static const struct json *member(const struct caller *c, const char *name)
{
	const struct json *v = json_get(c->body, name);

	return json_type(v) == JSON_NULL ? NULL : v;
}

static int wrong_type(struct caller *c, const char *name, const char *type)
{
	return caller_fault(c, 400, "\"%s\" has to be %s", name, type);
}

int caller_body_str(struct caller *c, const char *name, struct str *ret_text)
{
	const struct json *v = member(c, name);

	*ret_text = STR_NULL;
	if (v && !json_to_str(v, ret_text))
		return wrong_type(c, name, "a text");
	if (ret_text->p && memchr(ret_text->p, 0, ret_text->len))
		return caller_fault(c, 400, "\"%s\" has a NUL in it", name);
	return 0;
}

int caller_body_bool(struct caller *c, const char *name, bool fallback, bool *ret_value)
{
	const struct json *v = member(c, name);

	*ret_value = fallback;
	return v && !json_to_bool(v, ret_value) ? wrong_type(c, name, "true or false") : 0;
}

int caller_body_object(struct caller *c, const char *name, const struct json **ret_object)
{
	const struct json *v = member(c, name);

	*ret_object = v;
	return v && json_type(v) != JSON_OBJECT ? wrong_type(c, name, "an object") : 0;
}

int caller_body_need(struct caller *c, const char *name, struct str *ret_text)
{
	if (caller_body_str(c, name, ret_text))
		return -1;
	return ret_text->len ? 0 : caller_fault(c, 400, "\"%s\" is missing", name);
}

int caller_body_only(struct caller *c, const char *const *names)
{
	for (struct json_iter it = json_each(c->body); json_next(&it);) {
		const char *sent = str_cstr(c->arena, it.key);
		struct nearest near = nearest_to(sent);
		const char *const *n = names;

		while (*n && strcmp(*n, sent) != 0)
			nearest_offer(&near, *n++);
		if (!*n && near.best)
			return caller_fault(c, 400, "there is no \"%s\"; did you mean \"%s\"?",
				sent, near.best);
		if (!*n)
			return caller_fault(c, 400, "there is no \"%s\" here", sent);
	}
	return 0;
}

struct str caller_query(struct caller *c, const char *name)
{
	return http_query_get(c->arena, c->http->query, name);
}

int caller_param_id(struct caller *c, int i, const char *what, struct str *ret_id)
{
	*ret_id = c->req->params[i];
	if (uuid_is_valid(*ret_id))
		return 0;
	return caller_fault(c, 404, "there is no %s '" STR_FMT "'", what, STR_ARG(*ret_id));
}

/* --- answers ------------------------------------------------------------------------------------ */

int caller_reply_text(struct caller *c, int status, struct str json)
{
	http_reply_header(c->http, "Cache-Control", STR("no-store"));
	http_reply(c->http, status, JSON_TYPE, json);
	return 0;
}

int caller_reply(struct caller *c, int status, struct buf *b)
{
	assert(!b->failed);
	return caller_reply_text(c, status, str_copy(c->arena, buf_view(b)));
}

int caller_reply_row(struct caller *c, const struct batch *b)
{
	return caller_reply_text(c, 200, result_text(batch_result(b, batch_len(b) - 1), 0, 0));
}

/* A refusal becomes the answer. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/log.h"
#include "http/request.h"
#include "mod/rest/config.h"
#include "mod/rest/fault.h"
#include "mod/rest/reply.h"
#include "mod/rest/reply_local.h"
#include "mod/rest/request.h"
#include "mod/rest/site.h"

static void body(const struct rest_fault *f, bool is_minimal, struct buf *out)
{
	struct jsonw w = jsonw_to(out);

	jsonw_obj(&w);
	jsonw_key(&w, "code"), jsonw_cstr(&w, f->code);
	if (!is_minimal) {
		jsonw_key(&w, "details");
		if (f->details_json)
			jsonw_raw(&w, str_of(f->details_json));
		else
			jsonw_cstr(&w, f->details);
		jsonw_key(&w, "hint"), jsonw_cstr(&w, f->hint);
	}
	jsonw_key(&w, "message"), jsonw_cstr(&w, f->message);
	if (f->request)
		jsonw_key(&w, "request"), jsonw_cstr(&w, f->request);
	jsonw_end(&w);
}

/* {"name": "value", …}, as a function of SQL may ask for with SQLSTATE PGRST. */
static void asked_headers(struct rest_request *r, const char *text)
{
	struct err e = {.arena = r->arena};
	const struct json *headers = json_parse(r->arena, str_of(text), &e);

	for (struct json_iter it = json_each(headers); json_next(&it);)
		rest_answer_replace(r, str_cstr(r->arena, it.key), json_scalar(it.value));
}

static void note(const struct rest_request *r)
{
	const struct rest_fault *f = &r->fault;

	if (f->status >= 500)
		log_error("rest.failed", LOG_CSTR("code", f->code), LOG_CSTR("message", f->message),
			LOG_STR("request_id", r->http ? r->http->id : STR("")));
	else
		log_debug("rest.refused", LOG_CSTR("code", f->code),
			LOG_CSTR("message", f->message));
}

void rest_reply_fault(struct rest_request *r)
{
	const struct rest_fault *f = &r->fault;
	struct buf out;

	note(r);
	if (f->authenticate)
		rest_answer_replace(r, "WWW-Authenticate", str_of(f->authenticate));
	if (f->status == 503)
		rest_answer_replace(r, "Retry-After",
			str_printf(r->arena, "%d", f->retry_after ? f->retry_after : 1));
	rest_answer_replace(r, "Proxy-Status",
		str_printf(r->arena, "PostgREST; error=%s", f->code));
	reply_common(r);
	if (f->status_text)
		r->answer.reason = str_of(f->status_text);
	if (f->headers_json)
		asked_headers(r, f->headers_json);
	buf_init(&out, 0);
	body(f, rest_site_config(r->site)->client_error_verbosity == REST_MINIMAL, &out);
	rest_answer_send_buf(r, f->status, STR("application/json; charset=utf-8"), &out);
}

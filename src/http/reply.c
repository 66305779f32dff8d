#include "http/reply.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/jsonw.h"
#include "http/exchange.h"
#include "http/reply_head.h"

#define REASON_MAX 200

/* --- headers -------------------------------------------------------------------------------------- */

/* The spare bytes for the next header, n of them. */
static char *reserve(struct http_exchange *x, size_t n)
{
	struct http_answer *a = &x->answer;

	if (a->fields_cap - a->fields_len < n) {
		size_t cap = 2 * a->fields_cap + n + 128;
		a->fields = arena_resize(x->req.arena, a->fields, a->fields_cap, cap);
		a->fields_cap = cap;
	}
	return a->fields + a->fields_len;
}

static bool is_control(unsigned char c)
{
	return c < ' ' || c == 0x7f;
}

/* May one of eight bytes be a control character? Yes for those above ASCII too. */
static bool may_have_control(const char *p)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return ((w - ones * ' ') | (w + ones)) & ones * 0x80;
}

/* Control characters become spaces. */
static char *put_value(char *at, struct str value)
{
	size_t i = 0;

	for (; i + 8 <= value.len && !may_have_control(value.p + i); i += 8)
		memcpy(at + i, value.p + i, 8);
	for (; i < value.len; i++)
		at[i] = is_control((unsigned char)value.p[i]) ? ' ' : value.p[i];
	return at + value.len;
}

void http_reply_header(struct http_request *req, const char *name, struct str value)
{
	struct http_exchange *x = http_exchange_of(req);
	size_t name_len = strlen(name);

	assert(x->owed && !x->answer.status);
	x->answer.own_date |= !strcmp(name, "Date");
	char *at = reserve(x, name_len + value.len + 4);
	at = mempcpy(at, name, name_len);
	at = mempcpy(at, ": ", 2);
	at = put_value(at, value);
	at = mempcpy(at, "\r\n", 2);
	x->answer.fields_len = (size_t)(at - x->answer.fields);
}

void http_reply_reason(struct http_request *req, struct str words)
{
	struct http_exchange *x = http_exchange_of(req);
	struct str copy = str_copy(req->arena, str_sub(words, 0, REASON_MAX));

	assert(x->owed && !x->answer.status);
	for (size_t i = 0; i < copy.len; i++)
		if ((unsigned char)copy.p[i] < ' ' || copy.p[i] == 0x7f)
			((char *)(uintptr_t)copy.p)[i] = ' ';
	x->answer.reason = copy;
}

/* --- whole ------------------------------------------------------------------------------------------ */

static void begin(struct http_exchange *x, int status, bool final)
{
	assert(x->owed && !x->answer.status && status >= 200 && status <= 599);
	x->answer.status = status;
	if (!x->conn)
		return;
	http_reply_head(x, final);
}

void http_reply(struct http_request *req, int status, const char *content_type, struct str body)
{
	struct http_exchange *x = http_exchange_of(req);

	if (content_type && status != 204 && status != 304)
		http_reply_header(req, "Content-Type", str_of(content_type));
	x->answer.announced = (int64_t)body.len;
	begin(x, status, true);
	if (x->conn && !x->answer.bodyless)
		http_out_borrow(&x->answer.out, req->arena, body, false);
	http_exchange_end(x);
}

/* --- in pieces --------------------------------------------------------------------------------------- */

void http_reply_length(struct http_request *req, uint64_t len)
{
	struct http_exchange *x = http_exchange_of(req);

	assert(x->owed && !x->answer.status && len <= INT64_MAX);
	x->answer.announced = (int64_t)len;
}

void http_reply_begin(struct http_request *req, int status)
{
	struct http_exchange *x = http_exchange_of(req);

	begin(x, status, false);
	http_exchange_kick(x);
}

bool http_reply_write(struct http_request *req, struct str data)
{
	struct http_exchange *x = http_exchange_of(req);
	struct http_answer *a = &x->answer;

	assert(x->owed && a->status);
	a->written += data.len;
	assert(a->announced < 0 || a->written <= (uint64_t)a->announced);
	if (!x->conn || a->bodyless || !data.len)
		return true;
	http_out_copy(&a->out, data, a->chunked);
	http_exchange_kick(x);
	if (a->out.bytes < HTTP_REPLY_MARK)
		return true;
	a->wants_drain = true;
	return false;
}

void http_reply_on_drain(struct http_request *req, http_drain_fn *on_drain, void *arg)
{
	struct http_exchange *x = http_exchange_of(req);

	assert(x->owed);
	x->answer.on_drain = on_drain;
	x->answer.drain_arg = arg;
}

void http_reply_end(struct http_request *req)
{
	struct http_exchange *x = http_exchange_of(req);
	struct http_answer *a = &x->answer;

	assert(x->owed && a->status);
	if (a->chunked)
		http_out_borrow(&a->out, req->arena, STR("0\r\n\r\n"), true);
	else
		http_out_close_block(&a->out, false);
	a->cut |= !a->bodyless && a->announced >= 0 && a->written < (uint64_t)a->announced;
	a->close |= http_body_forces_close(x, true);
	http_exchange_end(x);
}

/* --- failures ---------------------------------------------------------------------------------------- */

static struct str problem_json(struct http_request *req, const char *code, struct str message)
{
	struct buf b;
	struct jsonw w = jsonw_to(&b);
	struct str json;

	buf_init(&b, 0);
	jsonw_obj(&w);
	jsonw_key(&w, "code"), jsonw_cstr(&w, code);
	jsonw_key(&w, "message"), jsonw_str(&w, message);
	jsonw_key(&w, "request_id"), jsonw_str(&w, req->id);
	jsonw_obj_end(&w);
	json = str_copy(req->arena, buf_view(&b));
	buf_done(&b);
	return json;
}

/* code and words: for the log. message: for the client. */
static void fail(struct http_exchange *x, int status, const char *code, const char *words,
	struct str message)
{
	struct http_answer *a = &x->answer;

	a->fault = status;
	a->code = code;
	a->words = words;
	if (a->status) { /* too late for another status: the answer is cut off */
		http_drop(&x->req);
		return;
	}
	if (status == 503 || status == 429)
		http_reply_header(&x->req, "Retry-After", STR("1"));
	http_reply(&x->req, status, "application/json", problem_json(&x->req, code, message));
}

void http_reply_problem(struct http_request *req, int status, const char *code, struct str message)
{
	fail(http_exchange_of(req), status, code, str_cstr(req->arena, message), message);
}

void http_reply_err(struct http_request *req, const struct err *err)
{
	struct http_exchange *x = http_exchange_of(req);
	const struct http_body *body = &x->body;
	int status = err_http_status(err->code);
	/* Copied: what err points to may be gone when the line is written. */
	char *words = str_cstr(req->arena, str_of(err->msg ? err->msg : ""));
	struct str message = str_of(words);

	if (body->status && body->err.code == err->code)
		status = body->status;
	if (status == 500)
		message = STR("something went wrong here; the request id leads to it in our log");
	fail(x, status, err_name(err->code), words, message);
}

#include "http/body.h"

#include <assert.h>

#include "base/arena.h"
#include "http/exchange.h"
#include "http/server_local.h"

#define FIRST_WHOLE (64 * 1024) /* what is allocated on the word of a Content-Length */
#define CONTINUE "HTTP/1.1 100 Continue\r\n\r\n"

void http_body_init(struct http_exchange *x)
{
	x->body = (struct http_body){.err.arena = x->req.arena};
}

void http_body_done(struct http_exchange *x)
{
	buf_done(&x->body.whole);
}

/* --- from the handler ------------------------------------------------------------------------- */

static void send_continue(struct http_exchange *x)
{
	if (!x->expects || x->answer.status)
		return;
	x->expects = false;
	http_out_borrow(&x->answer.out, x->req.arena, STR(CONTINUE), false);
}

static void ask(struct http_exchange *x, enum http_body_mode mode, size_t max)
{
	struct http_body *b = &x->body;
	size_t most = mode == HTTP_BODY_STREAM ? x->server->opt.max_stream_bytes
					       : x->server->opt.max_body_bytes;

	assert(x->owed && b->mode == HTTP_BODY_UNASKED);
	b->mode = mode;
	b->max = max && max < most ? max : most;
	if (x->req.body_len >= 0 && (uint64_t)x->req.body_len > b->max)
		http_body_fail(x, 413, E_LIMIT, "the body is larger than allowed");
	if (!b->err.code && !b->complete)
		send_continue(x);
	http_exchange_kick(x);
}

void http_read_body(struct http_request *req, size_t max, http_body_fn *on_body, void *arg)
{
	struct http_exchange *x = http_exchange_of(req);
	int64_t len = req->body_len;

	x->body.on_body = on_body;
	x->body.arg = arg;
	ask(x, HTTP_BODY_WHOLE, max);
	buf_init(&x->body.whole, x->body.max + 1);
	if (len > 0 && !x->body.err.code)
		(void)!buf_reserve(&x->body.whole, (size_t)(len < FIRST_WHOLE ? len : FIRST_WHOLE));
}

void http_stream_body(struct http_request *req, size_t max, http_chunk_fn *on_chunk,
	http_end_fn *on_end, void *arg)
{
	struct http_exchange *x = http_exchange_of(req);

	x->body.on_chunk = on_chunk;
	x->body.on_end = on_end;
	x->body.arg = arg;
	ask(x, HTTP_BODY_STREAM, max);
}

void http_body_pause(struct http_request *req)
{
	http_exchange_of(req)->body.paused = true;
}

void http_body_resume(struct http_request *req)
{
	struct http_exchange *x = http_exchange_of(req);

	x->body.paused = false;
	http_exchange_kick(x);
}

/* --- from the connection ------------------------------------------------------------------------ */

bool http_body_wants(const struct http_exchange *x)
{
	const struct http_body *b = &x->body;

	if (b->mode == HTTP_BODY_DISCARD)
		return true;
	return b->mode != HTTP_BODY_UNASKED && !b->paused && !b->err.code;
}

void http_body_piece(struct http_exchange *x, struct str piece)
{
	struct http_body *b = &x->body;

	b->received += piece.len;
	if (b->mode == HTTP_BODY_DISCARD)
		return;
	if (b->received > b->max)
		http_body_fail(x, 413, E_LIMIT, "the body is larger than allowed");
	else if (b->mode == HTTP_BODY_WHOLE)
		buf_add(&b->whole, piece.p, piece.len);
	else
		b->on_chunk(&x->req, piece, b->arg);
}

void http_body_complete(struct http_exchange *x)
{
	x->body.complete = true;
}

void http_body_fail(struct http_exchange *x, int status, enum err_code code, const char *words)
{
	struct http_body *b = &x->body;

	if (b->complete || b->err.code)
		return;
	err_set(&b->err, code, "%s", words);
	b->status = status;
}

void http_body_tell(struct http_exchange *x)
{
	struct http_body *b = &x->body;
	const struct err *err = b->err.code ? &b->err : NULL;
	bool is_asked = b->mode == HTTP_BODY_WHOLE || b->mode == HTTP_BODY_STREAM;

	if (!is_asked || b->told || !(err || (b->complete && !b->paused)))
		return;
	b->told = true;
	if (b->mode == HTTP_BODY_STREAM)
		b->on_end(&x->req, err, b->arg);
	else
		b->on_body(&x->req, err ? STR_NULL : buf_view(&b->whole), err, b->arg);
}

/* --- what is not read --------------------------------------------------------------------------- */

static bool is_worth_discarding(const struct http_exchange *x)
{
	if (x->expects || x->req.body_len < 0)
		return false;
	return x->req.body_len - (int64_t)x->body.received <= HTTP_DISCARD_MAX;
}

bool http_body_forces_close(const struct http_exchange *x, bool final)
{
	bool is_read = x->body.mode != HTTP_BODY_UNASKED && !x->body.err.code;

	if (x->body.complete || (is_read && !final))
		return false;
	return !is_worth_discarding(x);
}

void http_body_abandon(struct http_exchange *x)
{
	x->body.mode = HTTP_BODY_DISCARD;
	x->body.paused = false;
}

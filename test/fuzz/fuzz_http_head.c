/* Any bytes as requests, through the parser and the checks of heads: it does not matter in which pieces
 * they come, and what is accepted is unambiguous. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "http/exchange.h"
#include "http/parser.h"
#include "http/server_local.h"
#include "http/vet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct http_server server;

static struct http_exchange *new_exchange(struct arena *a)
{
	struct http_exchange *x = ARENA_NEW(a, struct http_exchange);

	x->server = &server;
	x->req.arena = a;
	http_head_init(&x->head, a);
	return x;
}

static void check_head(struct http_exchange *x)
{
	struct http_request *req = &x->req;
	struct str name, value;

	assert(req->method.len && req->host.p && req->id.len >= 8);
	assert(req->version == 10 || req->version == 11);
	assert(str_eq(req->path, STR("*")) || str_starts(req->path, STR("/")));
	assert(str_find(req->path, STR("/../")) < 0 && str_find_char(req->path, '\0') < 0);
	assert(str_find_char(req->path, '\n') < 0 && str_is_utf8(req->path));
	assert(req->body_len <= (int64_t)server.opt.max_body_bytes);
	for (size_t i = 0; http_header_at(req, i, &name, &value); i++) {
		assert(name.len && str_find_char(name, ':') < 0);
		assert(str_find_char(value, '\r') < 0 && str_find_char(value, '\n') < 0);
		assert(str_find_char(value, '\0') < 0);
		assert(str_eq(value, str_trim(value)));
	}
	if (http_header(req, "content-length").p)
		assert(!http_header(req, "transfer-encoding").p && req->body_len >= 0);
}

/* How far a refused message came before the refusal, and for which of several reasons, may depend on the
 * pieces; that it is refused may not. */
static bool refused(struct str *in, struct buf *out, size_t message)
{
	buf_truncate(out, message);
	buf_cstr(out, "(refused)");
	*in = STR_NULL;
	return false;
}

/* What a reader of the connection sees, as text; *message is where the present message's begins. false:
 * more is needed, or the connection is at its end (then in is absent). */
static bool trace_step(struct http_parser *p, struct http_exchange **x, struct str *in,
	struct buf *out, size_t *message)
{
	struct arena *a = (*x)->req.arena;
	struct http_fault fault;

	switch (http_parser_next(p, in)) {
	case HTTP_STEP_MORE: return in->len > 0;
	case HTTP_STEP_HEAD:
		if (!http_vet(*x, p, &fault))
			return refused(in, out, *message);
		check_head(*x);
		buf_printf(out, "(head %zu " STR_FMT " %d)", (size_t)(*x)->head.n,
			STR_ARG((*x)->req.target), (int)(*x)->req.body_len);
		return true;
	case HTTP_STEP_BODY:
		assert(p->piece.len);
		buf_str(out, p->piece);
		return true;
	case HTTP_STEP_END:
		buf_cstr(out, "(end)");
		*message = out->len;
		*x = new_exchange(a);
		http_parser_begin(p, &(*x)->head);
		return true;
	case HTTP_STEP_BAD: assert(p->status >= 400 && p->words); return refused(in, out, *message);
	}
	return false;
}

static void trace(struct str input, size_t piece, struct buf *out)
{
	struct arena *a = arena_new();
	struct http_exchange *x = new_exchange(a);
	struct http_parser p;
	size_t message = 0;
	bool is_over = false;

	http_parser_init(&p, server.opt.max_header_bytes, server.opt.max_target_bytes);
	http_parser_begin(&p, &x->head);
	for (size_t at = 0; at < input.len && !is_over; at += piece) {
		struct str in = str_sub(input, at, at + piece);
		while (trace_step(&p, &x, &in, out, &message))
			;
		is_over = !in.p;
	}
	arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str input = str_from(data, size);
	struct buf whole, pieces;

	if (!size)
		return 0;
	server.opt = (struct http_options){.max_header_bytes = 500,
		.max_target_bytes = 100,
		.max_body_bytes = 1000};
	buf_init(&whole, 0);
	buf_init(&pieces, 0);
	trace(str_sub(input, 1, size), size, &whole);
	trace(str_sub(input, 1, size), 1 + data[0] % 32, &pieces);
	if (!str_eq(buf_view(&whole), buf_view(&pieces))) {
		fprintf(stderr, "whole:  %s\npieces: %s\n", whole.p, pieces.p);
		abort();
	}
	buf_done(&whole);
	buf_done(&pieces);
	return 0;
}

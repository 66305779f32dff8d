#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/clock.h"
#include "http/conn.h"
#include "http/exchange.h"
#include "http/server_local.h"
#include "http/vet.h"

/* --- refusing ---------------------------------------------------------------------------------- */

static enum err_code code_of(int status)
{
	if (status == 408)
		return E_TIMEOUT;
	return status == 413 || status == 414 || status == 431 ? E_LIMIT : E_INPUT;
}

static void enqueue(struct http_conn *c, struct http_exchange *x)
{
	x->is_queued = true;
	if (c->last)
		c->last->next = x;
	else
		c->first = x;
	c->last = x;
	c->queued++;
}

/* The server itself answers x, which no handler has seen. */
static void refuse_request(struct http_conn *c, int status, const char *words)
{
	struct http_exchange *x = c->cur;

	c->cur = NULL;
	c->is_last = c->has_rest = true;
	x->owed = true;
	x->answer.close = true;
	http_reply_problem(&x->req, status, err_name(code_of(status)), str_of(words));
}

void http_conn_refuse(struct http_conn *c, int status, const char *words)
{
	struct http_exchange *x = c->cur;

	if (!x->is_queued) {
		x->req.version = 11;
		x->req.remote = str_copy(x->req.arena, str_of(c->remote));
		http_vet_id(x);
		enqueue(c, x);
		refuse_request(c, status, words);
	} else if (x->held_back) {
		x->held_back = false;
		refuse_request(c, status, words);
	} else {
		http_body_fail(x, status, code_of(status), words);
		x->answer.close = true;
		c->cur = NULL;
		c->is_last = c->has_rest = true;
	}
}

/* --- starting requests -------------------------------------------------------------------------- */

/* Requests run side by side only if none of them changes anything (RFC 9112 9.3.2). */
static bool may_start(const struct http_conn *c, const struct http_exchange *x)
{
	for (const struct http_exchange *y = c->first; y && y != x; y = y->next)
		if (y->owed && !(x->is_safe && y->is_safe))
			return false;
	return true;
}

static void start(struct http_conn *c, struct http_exchange *x)
{
	struct http_server *s = c->server;

	x->held_back = false;
	x->owed = true;
	x->start_us = mono_us();
	if (s->counters.requests_in_flight >= (uint64_t)s->opt.max_requests_in_flight) {
		s->counters.refused++;
		http_reply_problem(&x->req, 503, err_name(E_BUSY),
			STR("the server is at its limit"));
		return;
	}
	x->counted = true;
	s->counters.requests_in_flight++;
	s->on_request(&x->req, s->arg);
}

static void on_head(struct http_conn *c)
{
	struct http_exchange *x = c->cur;
	struct http_fault fault;

	enqueue(c, x);
	x->req.remote = str_copy(x->req.arena, str_of(c->remote));
	if (!http_vet(x, &c->parser, &fault)) {
		refuse_request(c, fault.status, fault.words);
		return;
	}
	if (!x->keeps_alive)
		c->is_last = true;
	if (may_start(c, x))
		start(c, x);
	else
		x->held_back = true;
}

/* --- parsing -------------------------------------------------------------------------------------- */

/* An answer has said that the connection will close: what comes after it is not for us any more. */
static bool is_closing(const struct http_conn *c)
{
	for (const struct http_exchange *x = c->first; x; x = x->next)
		if (x->answer.close)
			return true;
	return false;
}

bool http_conn_can_read_on(const struct http_conn *c)
{
	const struct http_exchange *x = c->cur;

	if (c->is_lost || c->is_over)
		return false;
	if (!x)
		return !c->is_last && c->queued < c->server->opt.max_pipelined && !is_closing(c);
	if (!x->is_queued)
		return !is_closing(c);
	if (x->held_back)
		return may_start(c, x) && !is_closing(c);
	if (x->answer.ended && x->answer.close)
		return false;
	return x->req.body_len == 0 || http_body_wants(x);
}

static void begin(struct http_conn *c)
{
	c->cur = http_exchange_new(c->server, c);
	c->is_fresh = true;
	http_parser_begin(&c->parser, &c->cur->head);
}

/* One step; false when it takes more bytes to go on. */
static bool step(struct http_conn *c, struct str *in)
{
	struct http_exchange *x = c->cur;

	switch (http_parser_next(&c->parser, in)) {
	case HTTP_STEP_MORE: return false;
	case HTTP_STEP_HEAD: on_head(c); break;
	case HTTP_STEP_BODY:
		c->progress += c->parser.piece.len;
		http_body_piece(x, c->parser.piece);
		break;
	case HTTP_STEP_END:
		http_body_complete(x);
		c->cur = NULL;
		break;
	case HTTP_STEP_BAD: http_conn_refuse(c, c->parser.status, c->parser.words); break;
	}
	return true;
}

static void read_on(struct http_conn *c, struct str *in)
{
	while (http_conn_can_read_on(c)) {
		if (c->cur && c->cur->held_back) {
			start(c, c->cur);
			continue;
		}
		if (!c->cur && !in->len)
			return;
		if (!c->cur)
			begin(c);
		if (!step(c, in))
			return;
	}
}

/* --- bytes ---------------------------------------------------------------------------------------- */

static void hold(struct http_conn *c, struct str rest)
{
	if (!c->cur && c->is_last) { /* nobody will ever read it */
		c->has_rest = true;
		return;
	}
	c->held = malloc(rest.len);
	if (!c->held)
		abort();
	memcpy(c->held, rest.p, rest.len);
	c->held_at = 0;
	c->held_len = rest.len;
}

void http_conn_read_held(struct http_conn *c)
{
	struct str in = str_from(c->held ? c->held + c->held_at : "", c->held_len);

	read_on(c, &in);
	if (!c->held)
		return;
	c->held_at += c->held_len - in.len;
	c->held_len = in.len;
	if (in.len && !(!c->cur && c->is_last))
		return;
	c->has_rest |= in.len > 0;
	c->held_len = 0;
	free(c->held);
	c->held = NULL;
}

static void on_eof(struct http_conn *c)
{
	struct http_exchange *x = c->cur;

	c->is_eof = true;
	if (x && !x->is_queued) {
		c->cur = NULL;
		http_exchange_detach(x);
	} else if (x && x->req.body_len != 0) {
		http_conn_refuse(c, 400, "the body ended before it was complete");
	}
	c->is_last = true;
}

void http_conn_receive(struct http_conn *c)
{
	char *scratch = c->server->scratch;
	ssize_t n;

	if (c->held_len || c->is_eof)
		return;
	n = recv(c->fd, scratch, HTTP_SCRATCH, 0);
	if (n < 0) {
		c->is_lost |= errno != EAGAIN && errno != EINTR;
		return;
	}
	if (n == 0) {
		on_eof(c);
		return;
	}
	c->server->counters.bytes_in += (uint64_t)n;
	struct str in = str_from(scratch, (size_t)n);
	read_on(c, &in);
	if (in.len)
		hold(c, in);
}

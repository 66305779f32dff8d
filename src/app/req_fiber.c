#include "app/req_fiber.h"

#include <stdbool.h>

#include "app/module.h"
#include "app/service.h"
#include "base/arena.h"
#include "base/buf.h"
#include "http/reply.h"
#include "http/request.h"
#include "loop/fiber.h"

/* Pieces that came while the fiber was busy; more than this and the client waits. */
#define HELD_MAX (256 * 1024)

struct start {
	struct req *r;
	void (*fn)(struct req *r);
};

static void run(void *arg)
{
	struct start *s = arg;

	s->fn(s->r);
}

void req_fiber_go(struct req *r, void (*fn)(struct req *r))
{
	struct start *s = ARENA_NEW(r->http->arena, struct start);

	*s = (struct start){r, fn};
	fiber_go(service_loop(r->service), run, s);
}

struct whole {
	struct fiber *fiber;
	struct str body;
	struct err *e;
	bool is_done;
};

static void on_body(struct http_request *http, struct str body, const struct err *err, void *arg)
{
	struct whole *w = arg;
	(void)http;

	w->is_done = true;
	w->body = body;
	if (err)
		err_set(w->e, (enum err_code)err->code, "%s", err->msg);
	fiber_wake(w->fiber);
}

int req_fiber_body(struct req *r, size_t max, struct str *ret_body, struct err *e)
{
	struct whole w = {.fiber = fiber_current(), .e = e};

	http_read_body(r->http, max, on_body, &w);
	while (!w.is_done) /* surely ends: bodies have time limits */
		fiber_park_firmly();
	if (e->code)
		return e->code;
	*ret_body = w.body.p ? w.body : STR("");
	return 0;
}

struct req_fiber_stream {
	struct http_request *http;
	struct fiber *fiber;
	struct buf held, given;
	struct err err;
	bool is_over, is_paused;
};

static void on_chunk(struct http_request *http, struct str chunk, void *arg)
{
	struct req_fiber_stream *s = arg;

	buf_str(&s->held, chunk);
	if (s->held.len >= HELD_MAX && !s->is_paused) {
		s->is_paused = true;
		http_body_pause(http);
	}
	fiber_wake(s->fiber);
}

static void on_end(struct http_request *http, const struct err *err, void *arg)
{
	struct req_fiber_stream *s = arg;
	(void)http;

	s->is_over = true;
	if (err)
		err_set(&s->err, (enum err_code)err->code, "%s", err->msg);
	fiber_wake(s->fiber);
}

static void release(void *p)
{
	struct req_fiber_stream *s = p;

	buf_done(&s->held);
	buf_done(&s->given);
}

struct req_fiber_stream *req_fiber_stream(struct req *r, size_t max)
{
	struct req_fiber_stream *s = ARENA_NEW(r->http->arena, struct req_fiber_stream);

	*s = (struct req_fiber_stream){.http = r->http, .fiber = fiber_current()};
	s->err.arena = r->http->arena;
	buf_init(&s->held, 0);
	buf_init(&s->given, 0);
	arena_defer(r->http->arena, release, s);
	http_stream_body(r->http, max, on_chunk, on_end, s);
	return s;
}

int req_fiber_piece(struct req_fiber_stream *s, struct str *ret_piece, struct err *e)
{
	while (!s->held.len && !s->is_over) /* surely ends: bodies have time limits */
		fiber_park_firmly();
	if (s->err.code)
		return err_set(e, (enum err_code)s->err.code, "%s", s->err.msg);
	struct buf swap = s->given;
	s->given = s->held;
	s->held = swap;
	buf_clear(&s->held);
	if (s->is_paused) {
		s->is_paused = false;
		http_body_resume(s->http);
	}
	*ret_piece = s->given.len ? buf_view(&s->given) : STR_NULL;
	return 0;
}

static void on_drain(struct http_request *http, void *arg)
{
	(void)http;
	fiber_wake(arg);
}

int req_fiber_write(struct req *r, struct str data)
{
	http_reply_on_drain(r->http, on_drain, fiber_current());
	if (!http_is_gone(r->http) && !http_reply_write(r->http, data))
		fiber_park_firmly(); /* on_drain runs when the client read on, or is gone */
	return http_is_gone(r->http) ? E_CANCEL : 0;
}

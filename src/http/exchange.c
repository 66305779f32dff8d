#include "http/exchange.h"

#include <assert.h>

#include "base/arena.h"
#include "http/access.h"
#include "http/conn.h"
#include "http/server_local.h"
#include "loop/loop.h"

struct http_exchange *http_exchange_new(struct http_server *s, struct http_conn *conn)
{
	struct arena *a = http_server_take_arena(s);
	struct http_exchange *x = ARENA_NEW(a, struct http_exchange);

	x->req.arena = a;
	x->server = s;
	x->conn = conn;
	x->answer.announced = -1;
	http_head_init(&x->head, a);
	http_body_init(x);
	s->exchanges++;
	return x;
}

static void on_release(void *p)
{
	struct http_exchange *x = p;
	struct http_server *s = x->server;

	http_server_give_arena(s, x->req.arena);
	s->exchanges--;
	http_server_note_end(s);
}

void http_exchange_release(struct http_exchange *x, bool is_sent)
{
	http_access_note(x, is_sent);
	http_out_done(&x->answer.out);
	http_body_done(x);
	loop_later(x->server->loop, on_release, x);
}

void http_exchange_end(struct http_exchange *x)
{
	assert(x->owed);
	x->owed = false;
	x->answer.ended = true;
	if (x->counted)
		x->server->counters.requests_in_flight--;
	if (!x->conn) {
		http_exchange_release(x, false);
		return;
	}
	http_body_abandon(x);
	http_exchange_kick(x);
}

void http_exchange_detach(struct http_exchange *x)
{
	x->conn = NULL;
	x->next = NULL;
	if (!x->owed) {
		http_exchange_release(x, false);
		return;
	}
	http_body_fail(x, 0, E_CANCEL, "the client went away");
	http_exchange_kick(x);
}

static void on_posted(void *p)
{
	struct http_exchange *x = p;

	x->is_posted = false;
	http_exchange_tell(x);
}

void http_exchange_kick(struct http_exchange *x)
{
	if (x->conn) {
		http_conn_kick(x->conn);
	} else if (!x->is_posted) {
		x->is_posted = true;
		loop_later(x->server->loop, on_posted, x);
	}
}

void http_exchange_tell(struct http_exchange *x)
{
	struct http_answer *a = &x->answer;
	bool is_leaving = !x->conn || http_conn_is_eof(x->conn);

	if (x->owed)
		http_body_tell(x);
	if (x->owed && is_leaving && x->on_gone && !x->gone_told) {
		x->gone_told = true;
		x->on_gone(&x->req, x->gone_arg);
	}
	if (x->owed && a->wants_drain && a->on_drain &&
		(!x->conn || a->out.bytes <= HTTP_REPLY_MARK / 2)) {
		a->wants_drain = false;
		a->on_drain(&x->req, a->drain_arg);
	}
}

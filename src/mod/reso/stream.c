#include "mod/reso/stream.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/pack.h"
#include "http/reply.h"
#include "http/request.h"
#include "loop/fiber.h"
#include "loop/timer.h"
#include "mod/reso/call.h"

#define PIECE ((size_t)32 * 1024)
/* Waits for the client in one answer: it holds a connection to the database meanwhile. */
#define PATIENCE_MS 120000

/* gzip is what every client of RESO knows; "gzip;q=0" refuses it. */
struct pack *reso_stream_pack(struct reso_call *c)
{
	struct str list = http_header_list(c->http, "Accept-Encoding");

	http_reply_header(c->http, "Vary", STR("Accept-Encoding"));
	while (list.p) {
		struct str params = str_cut(&list, ','), name = str_trim(str_cut(&params, ';'));
		double q = 1;
		if (params.p && str_starts(str_trim(params), STR("q=")) &&
			!str_to_f64(str_sub(str_trim(params), 2, params.len), &q))
			q = 1;
		if (q <= 0 || !str_eq_nocase(name, STR("gzip")))
			continue;
		http_reply_header(c->http, "Content-Encoding", STR("gzip"));
		return pack_new(c->arena, PACK_GZIP);
	}
	return NULL;
}

static void on_drain(struct http_request *http, void *arg)
{
	struct reso_stream *s = arg;

	(void)http;
	s->is_full = false;
	fiber_wake(s->fiber);
}

static void on_gone(struct http_request *http, void *arg)
{
	struct reso_stream *s = arg;

	(void)http;
	s->is_gone = true;
	fiber_cancel(s->fiber); /* PostgreSQL is told; the fiber ends the request */
}

static void release(void *p)
{
	struct reso_stream *s = p;

	buf_done(&s->out);
	buf_done(&s->packed);
}

void reso_stream_init(struct reso_stream *s, struct reso_call *c)
{
	*s = (struct reso_stream){.call = c,
		.fiber = fiber_current(),
		.patience_us = PATIENCE_MS * US_PER_MS};
	buf_init(&s->out, 0);
	buf_init(&s->packed, 0);
	arena_defer(c->arena, release, s);
	http_on_gone(c->http, on_gone, s);
}

void reso_stream_begin(struct reso_stream *s, const char *type)
{
	struct http_request *http = s->call->http;

	s->pack = reso_stream_pack(s->call);
	http_reply_header(http, "Content-Type", str_of(type));
	http_reply_on_drain(http, on_drain, s);
	http_reply_begin(http, 200);
	s->has_begun = true;
}

static void on_late(void *arg)
{
	struct reso_stream *s = arg;

	s->is_late = true;
	fiber_wake(s->fiber);
}

static int wait_for_room(struct reso_stream *s)
{
	int64_t since_us = mono_us();
	struct timer *timer = timer_new(fiber_loop(s->fiber), on_late, s);
	int code = 0;

	timer_start(timer, s->patience_us / US_PER_MS, 0);
	while (!code && s->is_full && !s->is_gone && !s->is_late)
		code = fiber_park();
	timer_free(timer);
	s->patience_us -= mono_us() - since_us;
	s->is_late |= s->patience_us <= 0;
	return code || s->is_gone || s->is_late ? E_CANCEL : 0;
}

static int send_piece(struct reso_stream *s, bool last)
{
	struct buf *from = &s->out;

	if (s->pack) {
		buf_clear(&s->packed);
		pack_add(s->pack, buf_view(&s->out), false, last, &s->packed);
		from = &s->packed;
	}
	if (from->len && !http_reply_write(s->call->http, buf_view(from)))
		s->is_full = true;
	buf_clear(&s->out);
	return s->is_full ? wait_for_room(s) : s->is_gone ? E_CANCEL : 0;
}

int reso_stream_flush(struct reso_stream *s, struct err *e)
{
	if (s->out.len < PIECE)
		return 0;
	return send_piece(s, false) ? err_set(e, E_CANCEL, "the client has gone") : 0;
}

static void forget(struct reso_stream *s)
{
	http_on_gone(s->call->http, NULL, NULL);
	if (s->has_begun)
		http_reply_on_drain(s->call->http, NULL, NULL);
}

void reso_stream_end(struct reso_stream *s)
{
	bool is_gone = send_piece(s, true) != 0;

	forget(s);
	if (is_gone)
		http_drop(s->call->http);
	else
		http_reply_end(s->call->http);
}

void reso_stream_cut(struct reso_stream *s, const struct err *e)
{
	forget(s);
	if (s->is_gone || e->code == E_CANCEL)
		http_drop(s->call->http);
	else
		http_reply_err(s->call->http, e);
}

void reso_stream_drop(struct reso_stream *s)
{
	forget(s);
}

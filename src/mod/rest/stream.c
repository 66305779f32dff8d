#include "mod/rest/stream.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/pack.h"
#include "db/result.h"
#include "db/session.h"
#include "http/reply.h"
#include "http/request.h"
#include "loop/fiber.h"
#include "mod/rest/compress.h"
#include "mod/rest/config.h"
#include "mod/rest/encode.h"
#include "mod/rest/plan.h"
#include "mod/rest/query_log.h"
#include "mod/rest/reply.h"
#include "mod/rest/request.h"
#include "mod/rest/run.h"
#include "mod/rest/site.h"
#include "mod/rest/talk.h"

#define PIECE (32 * 1024)

struct stream {
	struct rest_request *r;
	struct fiber *fiber;
	struct session *session;
	struct rest_encoder x;
	struct buf out, packed;
	struct pack *pack;
	int64_t total;
	uint64_t sent; /* before compression */
	bool is_full;  /* the client is slower than PostgreSQL */
	bool is_gone;
	bool has_begun;
};

static void on_drain(struct http_request *http, void *arg)
{
	struct stream *s = arg;

	(void)http;
	s->is_full = false;
	fiber_wake(s->fiber);
}

static void on_gone(struct http_request *http, void *arg)
{
	struct stream *s = arg;

	(void)http;
	s->is_gone = true;
	fiber_cancel(s->fiber); /* PostgreSQL is told; the fiber ends the request */
}

/* Sends what was collected. */
static int send_piece(struct stream *s, bool last)
{
	struct buf *from = &s->out;

	if (s->pack) {
		buf_clear(&s->packed);
		pack_add(s->pack, buf_view(&s->out), false, last, &s->packed);
		from = &s->packed;
	}
	if (from->len && !http_reply_write(s->r->http, buf_view(from)))
		s->is_full = true;
	s->sent += s->out.len;
	buf_clear(&s->out);
	while (s->is_full && !s->is_gone)
		if (fiber_park())
			return E_CANCEL;
	return s->is_gone ? E_CANCEL : 0;
}

static void begin_answer(struct stream *s)
{
	struct rest_request *r = s->r;
	struct rest_outcome o = {.total = s->total, .headers = STR_NULL, .status = STR_NULL};
	int64_t most = rest_run_limit(r),
		left = s->total < 0 ? -1 : s->total - r->query.root.offset;
	int64_t rows = left < 0 ? -1 : most >= 0 && most < left ? most : left;

	rest_reply_headers(r, &o, rows < 0 ? 0 : rows);
	s->pack = rest_compress_stream(r);
	for (const struct rest_header *h = r->answer.headers; h; h = h->next)
		http_reply_header(r->http, h->name, h->value);
	http_reply_header(r->http, "Content-Type", rest_reply_type(r));
	http_reply_on_drain(r->http, on_drain, s);
	int status = rest_reply_status(r, &o, rows);
	rest_query_log(r, status);
	http_reply_begin(r->http, status);
	s->has_begun = true;
}

static bool is_too_large(const struct stream *s)
{
	int64_t most = rest_site_config(s->r->site)->max_response_bytes;

	return most > 0 && s->sent + s->out.len > (uint64_t)most;
}

static int on_row(const struct result *row, void *arg, struct err *e)
{
	struct stream *s = arg;
	bool is_csv = s->r->plan->is_csv;

	if (!s->has_begun) {
		begin_answer(s);
		rest_encode_types(&s->x, row);
		if (is_csv)
			rest_encode_csv_head(&s->x);
	}
	if (is_csv) {
		rest_encode_csv_row(&s->x, row, 0);
	} else {
		buf_char(&s->out, s->x.rows ? ',' : '[');
		rest_encode_object(&s->x, row, 0);
	}
	if (is_too_large(s))
		return err_set(e, E_LIMIT, "PLAT004: the answer is larger than %lld bytes",
			(long long)rest_site_config(s->r->site)->max_response_bytes);
	if (s->out.len < PIECE)
		return 0;
	return send_piece(s, false) ? err_set(e, E_CANCEL, "the client has gone") : 0;
}

static int stream(struct stream *s, struct err *e)
{
	struct rest_request *r = s->r;
	const struct rest_statement *main = &r->plan->main;

	s->session = rest_talk_session(r);
	if (!s->session || rest_talk_open(r, s->session, NULL))
		return err_set(e, E_BUSY, "not begun");
	if (session_each(s->session, main->stmt.sql, (int)main->n, rest_run_params(r, main), on_row,
		    s, e) ||
		session_commit(s->session, e))
		return e->code;
	if (!s->has_begun)
		begin_answer(s);
	if (!r->plan->is_csv)
		buf_cstr(&s->out, s->x.rows ? "]" : "[]");
	return send_piece(s, true);
}

/* The answer's end, whatever came before. */
static void finish(struct stream *s, int code, const struct err *e)
{
	struct rest_request *r = s->r;

	if (s->is_gone || code == E_CANCEL) {
		http_drop(r->http);
	} else if (code == 0) {
		http_reply_end(r->http);
	} else if (s->has_begun) {
		http_reply_err(r->http, e); /* cut off */
	} else {
		if (s->session && session_db_error(s->session))
			rest_run_failed(r,
				session_db_error(s->session)); /* the first fault stays */
		else
			rest_run_busy(r, e);
		rest_reply_fault(r);
	}
}

static void run(void *arg)
{
	struct stream *s = arg;
	struct err e = {.arena = s->r->arena};
	int code = stream(s, &e);
	struct session *session = s->session;

	http_on_gone(s->r->http, NULL, NULL);
	http_reply_on_drain(s->r->http, NULL, NULL);
	buf_done(&s->out);
	buf_done(&s->packed);
	finish(s, code, &e); /* s is gone with the request */
	session_close(session);
}

void rest_stream(struct rest_request *r, int64_t total)
{
	struct stream *s = ARENA_NEW(r->arena, struct stream);

	*s = (struct stream){.r = r, .total = total};
	rest_site_stats(r->site)->streams++;
	buf_init(&s->out, 0);
	buf_init(&s->packed, 0);
	rest_encode_init(&s->x, r->arena, r->plan, r->accept->strip_nulls, &s->out);
	s->fiber = rest_site_fiber(r->site, run, s);
	http_on_gone(r->http, on_gone, s);
}

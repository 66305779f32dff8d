/* s3_get: bytes of the service on their way to a client, in two buffers: one is handed out, the other is being filled. */
#include <inttypes.h>

#include "base/arena.h"
#include "base/buf.h"
#include "loop/fiber.h"
#include "mod/storage/s3_local.h"

struct s3_get {
	struct storage_get base;
	struct s3 *engine;
	struct arena *arena;
	struct http_call *call;           /* NULL: over */
	const struct http_result *result; /* of a call that is over */
	struct buf filling, given;
	struct fiber *waiting;
	int64_t left; /* bytes not handed out yet */
	bool is_paused;
};

static void wake(struct s3_get *r)
{
	if (r->waiting)
		fiber_wake(r->waiting);
}

static int on_piece(struct str piece, void *arg)
{
	struct s3_get *r = arg;

	if (r->filling.len + piece.len > S3_PIECE) {
		r->is_paused = true;
		return HTTP_SINK_PAUSE;
	}
	buf_str(&r->filling, piece);
	wake(r);
	return 0;
}

static void on_done(const struct http_result *result, void *arg)
{
	struct s3_get *r = arg;

	r->call = NULL;
	r->result = result;
	wake(r);
}

/* Until there is something to hand out, or nothing will come. */
static int wait_for_bytes(struct s3_get *r)
{
	int code = 0;

	r->waiting = fiber_current();
	while (!r->filling.len && !r->result && !code)
		code = fiber_park();
	r->waiting = NULL;
	return code;
}

static bool has_failed(const struct s3_get *r)
{
	return r->result && (r->result->err.code || r->result->status >= 300);
}

/* Another try is possible as long as no byte was handed out. */
static int start(struct s3_get *r, const struct s3_ask *ask, struct err *e)
{
	struct http_fetch fetch = s3_fetch(r->engine, r->arena, ask);

	fetch.sink = on_piece;
	fetch.sink_arg = r;
	fetch.max_body_bytes = r->left > S3_PIECE ? (size_t)r->left : S3_PIECE;
	for (int tries = 1;; tries++) {
		r->result = NULL;
		r->call = http_fetch(r->engine->http, r->arena, &fetch, on_done, r);
		if (wait_for_bytes(r))
			return err_set(e, E_CANCEL, "stopped while the object service was asked");
		if (!has_failed(r) || !s3_again(r->engine, r->result, tries))
			break;
		buf_clear(&r->filling);
	}
	if (has_failed(r))
		return s3_explain(r->arena, r->result, e);
	return 0;
}

struct storage_get *s3_get_open(struct storage_engine *g, struct arena *a,
	const struct storage_place *place, int64_t from, int64_t len, struct err *e)
{
	struct s3_get *r = ARENA_NEW(a, struct s3_get);
	struct http_fetch_header range = {"Range",
		str_printf(a, "bytes=%" PRId64 "-%" PRId64, from, from + len - 1)};
	struct s3_ask ask = {.headers = &range, .n_headers = 1};

	r->engine = (struct s3 *)g;
	r->arena = a;
	r->left = len;
	buf_init(&r->filling, S3_PIECE);
	buf_init(&r->given, S3_PIECE);
	if (storage_place_key(a, place, &ask.key, e))
		return NULL;
	if (len > 0 && start(r, &ask, e)) {
		s3_get_close(&r->base);
		return NULL;
	}
	return &r->base;
}

int s3_get_read(struct storage_get *base, struct str *ret_piece, struct err *e)
{
	struct s3_get *r = (struct s3_get *)base;
	struct buf had = r->given;

	*ret_piece = STR_NULL;
	if (!r->left)
		return 0;
	if (wait_for_bytes(r))
		return err_set(e, E_CANCEL, "stopped while the object service was sending");
	if (!r->filling.len)
		return r->result->err.code
			? s3_explain(r->arena, r->result, e)
			: err_set(e, E_BUG, "the object service sent too little");
	if ((int64_t)r->filling.len > r->left)
		return err_set(e, E_UPSTREAM, "the object service sent more than was asked for");
	r->given = r->filling;
	r->filling = had;
	buf_clear(&r->filling);
	r->left -= (int64_t)r->given.len;
	*ret_piece = buf_view(&r->given);
	if (r->is_paused && r->call)
		http_call_resume(r->call);
	r->is_paused = false;
	return 0;
}

void s3_get_close(struct storage_get *base)
{
	struct s3_get *r = (struct s3_get *)base;

	if (r->call)
		http_call_cancel(r->call);
	r->call = NULL;
	buf_done(&r->filling);
	buf_done(&r->given);
}

/* Uploads: POST and PUT of an object, as raw bytes or as a form; with a token, or through a signed link. */
#include <string.h>

#include "app/req_fiber.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "http/reply.h"
#include "http/request.h"
#include "mod/storage/multipart.h"
#include "mod/storage/storage_local.h"
#include "mod/storage/token.h"
#include "mod/storage/upload.h"

#define FORM_MAX (1024 * 1024) /* of a form without its file */

/* One upload; the form fills ask until its file comes. */
struct taking {
	struct storage_call *c;
	struct storage_upload_ask ask;
	struct storage_upload *u; /* NULL: not begun */
};

static struct str seconds_or_header(struct arena *a, struct str text)
{
	int64_t seconds;

	return str_to_i64(text, &seconds) ? str_printf(a, "max-age=%lld", (long long)seconds)
					  : text;
}

/* --- raw ------------------------------------------------------------------------------------------ */

static int begin_raw(struct taking *t)
{
	struct storage_call *c = t->c;

	t->ask.mimetype = http_header(c->http, "Content-Type");
	t->ask.cache_control = http_header(c->http, "Cache-Control");
	t->ask.content_encoding = http_header(c->http, "Content-Encoding");
	t->ask.size = c->http->body_len;
	if (storage_upload_metadata(c, http_header(c->http, "x-metadata"), &t->ask.user_metadata))
		return -1;
	t->u = storage_upload_open(c, &t->ask);
	return t->u ? 0 : -1;
}

static int take_raw(struct taking *t)
{
	struct storage_call *c = t->c;
	struct str piece;

	if (begin_raw(t))
		return -1;
	struct req_fiber_stream *s =
		req_fiber_stream(c->req, (size_t)c->storage->max_bytes + FORM_MAX);
	for (;;) {
		if (req_fiber_piece(s, &piece, &c->err))
			return storage_fail(c, &c->err);
		if (!piece.p)
			return 0;
		if (storage_upload_write(t->u, piece))
			return -1;
	}
}

/* --- a form --------------------------------------------------------------------------------------- */

static int on_field(struct str name, struct str value, void *arg, struct err *e)
{
	struct taking *t = arg;
	struct storage_call *c = t->c;
	(void)e;

	if (t->u)
		return 0; /* too late: the rights were asked with what came before the file */
	if (str_eq(name, STR("cacheControl")))
		t->ask.cache_control = seconds_or_header(c->arena, str_copy(c->arena, value));
	else if (str_eq(name, STR("contentEncoding")))
		t->ask.content_encoding = str_copy(c->arena, value);
	else if (str_eq(name, STR("metadata")))
		return storage_upload_metadata(c, value, &t->ask.user_metadata);
	return 0;
}

static int on_file(const struct multipart_part *part, void *arg, struct err *e)
{
	struct taking *t = arg;
	(void)e;

	t->ask.mimetype = part->type;
	t->ask.size = -1;
	t->u = storage_upload_open(t->c, &t->ask);
	return t->u ? 0 : -1;
}

static int on_bytes(struct str piece, void *arg, struct err *e)
{
	struct taking *t = arg;
	(void)e;

	return storage_upload_write(t->u, piece);
}

/* A callback that refused has said why; else the form is at fault. */
static int form_failed(struct storage_call *c)
{
	return c->status ? -1 : storage_fail(c, &c->err);
}

static int feed_form(struct taking *t, struct multipart *m)
{
	struct storage_call *c = t->c;
	struct req_fiber_stream *s =
		req_fiber_stream(c->req, (size_t)c->storage->max_bytes + FORM_MAX);
	struct str piece;

	for (;;) {
		if (req_fiber_piece(s, &piece, &c->err))
			return storage_fail(c, &c->err);
		if (!piece.p)
			break;
		if (multipart_feed(m, piece, &c->err))
			return form_failed(c);
	}
	return multipart_end(m, &c->err) ? form_failed(c) : 0;
}

static int take_form(struct taking *t, struct str boundary)
{
	const struct multipart_to to = {.on_field = on_field,
		.on_file = on_file,
		.on_bytes = on_bytes,
		.arg = t};
	struct multipart m;

	multipart_init(&m, t->c->arena, boundary, &to);
	int rc = feed_form(t, &m);
	multipart_done(&m);
	return rc;
}

/* --- both ----------------------------------------------------------------------------------------- */

static int reply(struct storage_call *c, struct str id)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "Key"), jsonw_str(&w, STR_JOIN(c->arena, c->bucket, STR("/"), c->name));
	jsonw_key(&w, "Id"), jsonw_str(&w, id);
	jsonw_end(&w);
	storage_reply(c, 200, &b);
	buf_done(&b);
	return 0;
}

static int take(struct storage_call *c, struct storage_right right)
{
	struct taking t = {.c = c, .ask = {.right = right}};
	struct str type = http_header(c->http, "Content-Type");
	struct str boundary = multipart_boundary(c->arena, type), id;
	int rc;

	if (boundary.p)
		rc = take_form(&t, boundary);
	else if (str_eq_nocase(str_sub(type, 0, strlen("multipart/")), STR("multipart/")))
		rc = storage_fault(c, "InvalidRequest", "the form has no boundary");
	else
		rc = take_raw(&t);
	if (rc) {
		storage_upload_abandon(t.u);
		return -1;
	}
	return storage_upload_finish(t.u, &id) ? -1 : reply(c, id);
}

static struct storage_right right_of_caller(struct storage_call *c, enum storage_mode mode)
{
	return (struct storage_right){.caller = &c->caller,
		.bucket = c->bucket,
		.name = c->name,
		.mode = mode};
}

int storage_object_create(struct storage_call *c)
{
	return take(c,
		right_of_caller(c,
			storage_header_is_true(c, "x-upsert") ? STORAGE_UPSERT : STORAGE_INSERT));
}

int storage_object_replace(struct storage_call *c)
{
	return take(c, right_of_caller(c, STORAGE_UPSERT));
}

/* In the name of who signed: rights were looked at then. */
int storage_object_upload_signed(struct storage_call *c)
{
	struct storage_right right = {.caller = &storage_worker,
		.bucket = c->bucket,
		.name = c->name};
	const struct json *claims;
	bool is_upsert = false;

	if (storage_token_check(c, "upload", &claims))
		return -1;
	json_to_bool(json_get(claims, "upsert"), &is_upsert);
	right.mode = is_upsert ? STORAGE_UPSERT : STORAGE_INSERT;
	right.owner = json_scalar(json_get(claims, "owner"));
	right.workspace_id = json_scalar(json_get(claims, "workspace_id"));
	return take(c, right);
}

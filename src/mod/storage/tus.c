/* /storage/v1/upload/resumable: TUS 1.0.0 with creation (also with bytes, also with the length told later), termination, expiration, checksum. */
#include <inttypes.h>

#include "app/cors.h"
#include "app/module.h"
#include "app/service.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/jsonw.h"
#include "http/reply.h"
#include "http/request.h"
#include "mod/storage/object.h"
#include "mod/storage/storage_local.h"
#include "mod/storage/tus_file.h"
#include "mod/storage/tus_head.h"
#include "mod/storage/tus_local.h"
#include "mod/storage/upload.h"

#define VERSION "1.0.0"
#define EXTENSIONS \
	"creation,creation-with-upload,creation-defer-length,expiration,termination,checksum"
#define BYTES_TYPE "application/offset+octet-stream"
#define PATH "/storage/v1/upload/resumable/"

/* --- answers ----------------------------------------------------------------------------------------- */

static void put_number(struct storage_call *c, const char *name, int64_t n)
{
	http_reply_header(c->http, name, str_printf(c->arena, "%" PRId64, n));
}

static void put_expiry(struct storage_call *c, const struct tus_row *row)
{
	char when[CLOCK_HTTP_SIZE];

	http_reply_header(c->http, "Upload-Expires",
		str_of(clock_format_http(when, row->expires_us)));
}

/* TUS means the status itself: 409, 410, 423, 460. */
static int refuse(struct storage_call *c)
{
	struct buf b;
	struct jsonw w;

	if (c->status == 503)
		http_reply_header(c->http, "Retry-After", STR("1"));
	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "statusCode"), jsonw_str(&w, str_printf(c->arena, "%d", c->status));
	jsonw_key(&w, "code"), jsonw_cstr(&w, c->code);
	jsonw_key(&w, "error"), jsonw_cstr(&w, c->error);
	jsonw_key(&w, "message"), jsonw_str(&w, c->message);
	jsonw_end(&w);
	storage_reply(c, c->status, &b);
	buf_done(&b);
	return 0;
}

static int check_version(struct storage_call *c)
{
	http_reply_header(c->http, "Tus-Resumable", STR(VERSION));
	if (str_eq(http_header(c->http, "Tus-Resumable"), STR(VERSION)))
		return 0;
	http_reply_header(c->http, "Tus-Version", STR(VERSION));
	return storage_fault(c, "TusVersion", "Tus-Resumable must be " VERSION);
}

static bool has_bytes(struct storage_call *c)
{
	return str_eq_nocase(http_header(c->http, "Content-Type"), STR(BYTES_TYPE));
}

/* --- creation ---------------------------------------------------------------------------------------- */

static int read_length(struct storage_call *c, int64_t *ret_length)
{
	struct str length = http_header(c->http, "Upload-Length"),
		   later = http_header(c->http, "Upload-Defer-Length");

	*ret_length = -1;
	if (length.p ? later.p != NULL : !str_eq(later, STR("1")))
		return storage_fault(c, "InvalidRequest",
			"there must be either Upload-Length or Upload-Defer-Length: 1");
	if (length.p && tus_head_number("Upload-Length", length, ret_length, &c->err))
		return storage_fault(c, "InvalidRequest", "%s", c->err.msg);
	return 0;
}

static struct str cache_control_of(struct arena *a, struct str text)
{
	int64_t seconds;

	return str_to_i64(text, &seconds) ? str_printf(a, "max-age=%" PRId64, seconds) : text;
}

/* What an upload at once would be asked before its first byte. */
static int check_right(struct storage_call *c, struct tus_row *row)
{
	struct storage_right right = {.caller = &c->caller,
		.bucket = row->bucket,
		.name = row->name,
		.mode = row->is_upsert ? STORAGE_UPSERT : STORAGE_INSERT};

	if (storage_right_check(c, &right) ||
		storage_right_check_type(c, &right,
			row->content_type.len ? row->content_type
					      : STR("application/octet-stream")))
		return -1;
	if (row->length > right.size_limit)
		return storage_fault(c, "EntityTooLarge",
			"The object exceeded the maximum allowed size");
	row->workspace_id = right.workspace_id;
	return 0;
}

static int read_row(struct storage_call *c, struct tus_row *row)
{
	struct tus_metadata m;

	*row = (struct tus_row){.is_upsert = storage_header_is_true(c, "x-upsert")};
	if (read_length(c, &row->length))
		return -1;
	if (tus_head_metadata(c->arena, http_header(c->http, "Upload-Metadata"), &m, &c->err))
		return storage_fault(c, "InvalidRequest", "%s", c->err.msg);
	row->bucket = m.bucket;
	row->name = m.name;
	row->content_type = m.content_type;
	row->cache_control = cache_control_of(c->arena, m.cache_control);
	return storage_upload_metadata(c, m.user_metadata, &row->user_metadata);
}

static int create(struct storage_call *c)
{
	struct tus_row row;

	if (check_version(c) || read_row(c, &row) || check_right(c, &row) || tus_row_add(c, &row))
		return -1;
	if (row.length == 0 ? tus_take_nothing(c, &row) : has_bytes(c) && tus_take(c, &row))
		return -1;
	http_reply_header(c->http, "Location", STR_JOIN(c->arena, STR(PATH), row.id));
	put_number(c, "Upload-Offset", row.offset);
	put_expiry(c, &row);
	http_reply(c->http, 201, NULL, STR(""));
	return 0;
}

/* --- the others ------------------------------------------------------------------------------------------ */

static int head(struct storage_call *c)
{
	struct tus_row row;

	http_reply_header(c->http, "Cache-Control", STR("no-store"));
	if (check_version(c) || tus_row_find(c, c->req->params[0], &row))
		return -1;
	put_number(c, "Upload-Offset", row.offset);
	if (row.length >= 0)
		put_number(c, "Upload-Length", row.length);
	else
		http_reply_header(c->http, "Upload-Defer-Length", STR("1"));
	put_expiry(c, &row);
	http_reply(c->http, 200, NULL, STR(""));
	return 0;
}

static int read_late_length(struct storage_call *c, struct tus_row *row)
{
	struct str told = http_header(c->http, "Upload-Length");
	int64_t length;

	if (!told.p)
		return 0;
	if (tus_head_number("Upload-Length", told, &length, &c->err))
		return storage_fault(c, "InvalidRequest", "%s", c->err.msg);
	if ((row->length >= 0 && length != row->length) || length < row->offset)
		return storage_fault(c, "InvalidRequest", "Upload-Length has been told otherwise");
	row->length = length;
	return check_right(c, row);
}

static int patch(struct storage_call *c)
{
	struct tus_row row;
	int64_t offset;

	if (check_version(c))
		return -1;
	if (!has_bytes(c))
		return storage_fault(c, "InvalidMimeType", "Content-Type must be " BYTES_TYPE);
	if (tus_head_number("Upload-Offset", http_header(c->http, "Upload-Offset"), &offset,
		    &c->err))
		return storage_fault(c, "InvalidRequest", "%s", c->err.msg);
	if (tus_row_find(c, c->req->params[0], &row) || read_late_length(c, &row))
		return -1;
	if (offset != row.offset) {
		put_number(c, "Upload-Offset", row.offset);
		return storage_fault(c, "Conflict", "the upload is at another offset");
	}
	if (row.offset != row.length && tus_take(c, &row))
		return -1;
	put_number(c, "Upload-Offset", row.offset);
	put_expiry(c, &row);
	http_reply(c->http, 204, NULL, STR(""));
	return 0;
}

static int terminate(struct storage_call *c)
{
	struct tus_row row;

	if (check_version(c) || tus_row_find(c, c->req->params[0], &row))
		return -1;
	struct tus_file *f = tus_file_open(c->arena, service_data(c->service), row.id, &c->err);
	if (!f)
		return c->err.code == E_CONFLICT
			? storage_fault(c, "ResourceLocked", "%s", c->err.msg)
			: storage_fail(c, &c->err);
	if (tus_row_drop(c, &row))
		return -1;
	tus_file_remove(f);
	http_reply(c->http, 204, NULL, STR(""));
	return 0;
}

int storage_tus_create(struct storage_call *c)
{
	return create(c) ? refuse(c) : 0;
}

int storage_tus_head(struct storage_call *c)
{
	return head(c) ? refuse(c) : 0;
}

int storage_tus_patch(struct storage_call *c)
{
	return patch(c) ? refuse(c) : 0;
}

int storage_tus_delete(struct storage_call *c)
{
	return terminate(c) ? refuse(c) : 0;
}

/* What the server can do; and the question of a browser. */
void storage_tus_options(struct req *r)
{
	struct storage *s = storage_of(r->service);

	http_reply_header(r->http, "Tus-Resumable", STR(VERSION));
	http_reply_header(r->http, "Tus-Version", STR(VERSION));
	http_reply_header(r->http, "Tus-Extension", STR(EXTENSIONS));
	http_reply_header(r->http, "Tus-Checksum-Algorithm", STR("sha1,sha256,md5"));
	if (s)
		http_reply_header(r->http, "Tus-Max-Size",
			str_printf(r->http->arena, "%" PRId64, s->max_bytes));
	cors_preflight(r);
}

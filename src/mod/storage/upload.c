#include "mod/storage/upload.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/enc.h"
#include "base/json.h"
#include "base/uuid.h"
#include "mod/storage/call.h"
#include "mod/storage/sniff.h"

#define METADATA_MAX (64 * 1024)

struct storage_upload {
	struct storage_call *call;
	struct storage_upload_ask ask;
	struct str version;
	struct storage_put *put;
	struct buf head; /* the first bytes, until they are enough to tell a type */
	bool is_judged;
	int64_t len;
};

static void release(void *p)
{
	struct storage_upload *u = p;

	buf_done(&u->head);
}

static int too_large(struct storage_call *c)
{
	return storage_fault(c, "EntityTooLarge", "The object exceeded the maximum allowed size");
}

struct storage_upload *storage_upload_open(struct storage_call *c,
	const struct storage_upload_ask *ask)
{
	struct storage_upload *u = ARENA_NEW(c->arena, struct storage_upload);
	char version[UUID_SIZE];

	u->call = c;
	u->ask = *ask;
	if (!u->ask.mimetype.len)
		u->ask.mimetype = STR("application/octet-stream");
	if (!u->ask.cache_control.len)
		u->ask.cache_control = STR("no-cache");
	if (storage_right_check(c, &u->ask.right) ||
		storage_right_check_type(c, &u->ask.right, u->ask.mimetype))
		return NULL;
	if (ask->size > u->ask.right.size_limit) {
		too_large(c);
		return NULL;
	}
	buf_init(&u->head, SNIFF_LEN);
	arena_defer(c->arena, release, u);
	u->version = str_copy(c->arena, str_of(uuid_format(version, uuid_new())));
	u->put = storage_put_open(c->engine, c->arena,
		&(struct storage_place){u->ask.right.workspace_id, u->version}, &c->err);
	if (!u->put)
		storage_fail(c, &c->err);
	return u->put ? u : NULL;
}

/* storage-js says text of bytes when it was not told what they are: then they are called what they look like. */
static bool was_unsaid(struct storage_upload *u)
{
	struct str found = sniff_type(buf_view(&u->head));

	if (!str_eq_nocase(u->ask.mimetype, STR("text/plain;charset=UTF-8")))
		return false;
	u->ask.mimetype = found.p ? found : STR("application/octet-stream");
	return true;
}

/* The first SNIFF_LEN bytes, or all there are. */
static int judge(struct storage_upload *u)
{
	struct storage_call *c = u->call;

	u->is_judged = true;
	if (sniff_fits(u->ask.mimetype, buf_view(&u->head)))
		return 0;
	if (was_unsaid(u))
		return storage_right_check_type(c, &u->ask.right, u->ask.mimetype);
	return storage_fault(c, "InvalidMimeType",
		"the bytes are not what mime type " STR_FMT " says",
		STR_ARG(str_sub(u->ask.mimetype, 0, 200)));
}

static int write_piece(struct storage_upload *u, struct str piece)
{
	struct storage_call *c = u->call;
	size_t room = SNIFF_LEN - u->head.len;

	u->len += (int64_t)piece.len;
	if (u->len > u->ask.right.size_limit)
		return too_large(c);
	if (!u->is_judged)
		buf_str(&u->head, str_sub(piece, 0, room));
	if (!u->is_judged && u->head.len == SNIFF_LEN && judge(u))
		return -1;
	return storage_put_write(u->put, piece, &c->err) ? storage_fail(c, &c->err) : 0;
}

int storage_upload_write(struct storage_upload *u, struct str piece)
{
	int rc = piece.len ? write_piece(u, piece) : 0;

	if (rc)
		storage_upload_abandon(u);
	return rc;
}

static int finish(struct storage_upload *u, struct str *ret_id)
{
	struct storage_call *c = u->call;
	struct storage_fresh fresh = {.version = u->version,
		.mimetype = u->ask.mimetype,
		.cache_control = u->ask.cache_control,
		.content_encoding = u->ask.content_encoding,
		.user_metadata = u->ask.user_metadata,
		.size = u->len};
	struct storage_place place = {u->ask.right.workspace_id, u->version};

	if (!u->is_judged && u->len && judge(u))
		return -1;
	if (storage_put_finish(u->put, &c->err))
		return storage_fail(c, &c->err);
	memcpy(fresh.md5, u->put->digest, sizeof fresh.md5);
	if (!storage_object_put(c, &u->ask.right, &fresh, ret_id))
		return 0;
	/* Left alone when nobody knows whether the row is there: storage.sweep finds out. */
	if (c->status < 500)
		storage_discard(c->engine, c->arena, &place);
	return -1;
}

int storage_upload_finish(struct storage_upload *u, struct str *ret_id)
{
	int rc = finish(u, ret_id);

	if (rc)
		storage_upload_abandon(u);
	return rc;
}

void storage_upload_abandon(struct storage_upload *u)
{
	if (u)
		storage_put_abandon(u->put);
}

int storage_upload_metadata(struct storage_call *c, struct str text, struct str *ret_json)
{
	struct str plain;

	*ret_json = STR_NULL;
	if (!text.len)
		return 0;
	if (text.p[0] == '{' || !enc_base64_decode(c->arena, text, &plain))
		plain = text;
	const struct json *v = plain.len <= METADATA_MAX ? json_parse(c->arena, plain, NULL) : NULL;
	if (json_type(v) != JSON_OBJECT)
		return storage_fault(c, "InvalidRequest",
			"the metadata is no JSON object of at most %d bytes", METADATA_MAX);
	struct buf b;
	buf_init(&b, 0);
	json_text_pg(&b, v);
	*ret_json = str_copy(c->arena, buf_view(&b));
	buf_done(&b);
	return 0;
}

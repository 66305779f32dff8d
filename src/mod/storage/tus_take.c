/* tus_take: the bytes of a resumable upload, from a request into a file, and when all are there into the object.
 *
 * An offset is committed when the bytes before it are on the disk, and the last one only when the object is there: whatever is killed, the
 * client goes on from what was committed, and what was written beyond it is cut off. */
#include <string.h>

#include "app/req_fiber.h"
#include "app/service.h"
#include "base/arena.h"
#include "base/enc.h"
#include "base/md5.h"
#include "http/request.h"
#include "mod/storage/storage_local.h"
#include "mod/storage/tus_file.h"
#include "mod/storage/tus_local.h"
#include "mod/storage/upload.h"

#define COMMIT_EVERY (8 * 1024 * 1024)

struct take {
	struct storage_call *c;
	struct tus_row *row;
	struct tus_file *file;
	struct tus_checksum sum;
	int64_t limit; /* no byte beyond */
};

static int failed(struct take *t)
{
	if (t->c->err.code == E_CONFLICT)
		return storage_fault(t->c, "ResourceLocked", "%s", t->c->err.msg);
	if (t->c->err.code == E_ABSENT)
		return storage_fault(t->c, "Gone", "%s", t->c->err.msg);
	return storage_fail(t->c, &t->c->err);
}

/* --- the object ------------------------------------------------------------------------------------ */

static int feed(struct take *t, struct storage_upload *u)
{
	struct str piece;
	int64_t at = 0;

	for (;;) {
		if (tus_file_read(t->file, &at, &piece, &t->c->err))
			return failed(t);
		if (!piece.p)
			return 0;
		if (storage_upload_write(u, piece))
			return -1;
	}
}

static int make_object(struct take *t)
{
	struct tus_row *row = t->row;
	struct storage_upload_ask ask = {.right = {.caller = &t->c->caller,
						 .bucket = row->bucket,
						 .name = row->name,
						 .mode = row->is_upsert ? STORAGE_UPSERT
									: STORAGE_INSERT},
		.mimetype = row->content_type,
		.cache_control = row->cache_control,
		.user_metadata = row->user_metadata,
		.size = row->length};
	struct storage_upload *u = storage_upload_open(t->c, &ask);
	struct str id;

	if (!u)
		return -1;
	if (feed(t, u)) {
		storage_upload_abandon(u);
		return -1;
	}
	return storage_upload_finish(u, &id);
}

/* Killed between the object and the last offset: the object is there, by the same person and with these very bytes. */
static bool is_made_already(struct take *t)
{
	struct storage_call *c = t->c, said = *c;
	struct tus_checksum sum = {.algorithm = TUS_MD5, .len = MD5_LEN};
	struct storage_object o;
	bool is_same = !strcmp(c->code, "ResourceAlreadyExists") &&
		!storage_object_find(c, STORAGE_AS_CALLER, t->row->bucket, t->row->name, &o) &&
		str_eq(o.owner, t->row->owner) && o.size == t->row->length &&
		o.etag.len == 2 * MD5_LEN + 2 &&
		enc_hex_read(str_sub(o.etag, 1, 1 + 2 * MD5_LEN), sum.sum) &&
		tus_file_fits(t->file, 0, &sum);

	*c = said;
	return is_same;
}

/* What is refused now is refused for ever; what failed may be tried again from the offset before. */
static int complete(struct take *t)
{
	int rc = make_object(t);

	if (rc && t->c->status >= 500)
		return -1;
	if (rc && !is_made_already(t)) {
		struct storage_call said = *t->c;
		if (!tus_row_drop(t->c, t->row))
			tus_file_remove(t->file);
		*t->c = said;
		return -1;
	}
	if (tus_row_advance(t->c, t->row, t->row->length))
		return -1;
	tus_file_remove(t->file);
	return 0;
}

/* --- the body --------------------------------------------------------------------------------------- */

static int commit(struct take *t)
{
	int64_t len = tus_file_len(t->file);

	if (len == t->row->offset && t->row->length < 0)
		return 0;
	if (tus_file_sync(t->file, &t->c->err))
		return failed(t);
	return tus_row_advance(t->c, t->row, len);
}

static int add(struct take *t, struct str piece)
{
	int64_t len = tus_file_len(t->file) + (int64_t)piece.len;

	if (len > t->limit)
		return storage_fault(t->c, "EntityTooLarge",
			"there are more bytes than were announced, or than may be");
	if (tus_file_add(t->file, piece, &t->c->err))
		return failed(t);
	/* A checksum is of all of them; and the last ones are committed with the object. */
	if (t->sum.algorithm == TUS_NO_SUM && len - t->row->offset >= COMMIT_EVERY &&
		len != t->row->length)
		return commit(t);
	return 0;
}

static int take_body(struct take *t)
{
	struct storage_call *c = t->c;
	struct req_fiber_stream *s =
		req_fiber_stream(c->req, (size_t)(t->limit - t->row->offset) + 1);
	struct str piece;

	for (;;) {
		if (req_fiber_piece(s, &piece, &c->err))
			return storage_fail(c, &c->err);
		if (!piece.p)
			return 0;
		if (add(t, piece))
			return -1;
	}
}

/* The client went away, or its line: what came is kept, and it goes on from there. */
static int keep_what_came(struct take *t)
{
	struct storage_call *c = t->c, said = *c;
	bool is_cut = c->err.code == E_CANCEL || c->err.code == E_TIMEOUT || c->err.code == E_INPUT;

	if (is_cut && t->sum.algorithm == TUS_NO_SUM && tus_file_len(t->file) != t->row->length) {
		c->err = (struct err){.arena = c->arena};
		(void)commit(t);
	}
	*c = said;
	return -1;
}

static int begin(struct take *t)
{
	struct storage_call *c = t->c;
	struct tus_row now;

	t->file = tus_file_open(c->arena, service_data(c->service), t->row->id, &c->err);
	if (!t->file)
		return failed(t);
	/* Somebody may have gone on with it until a moment ago. */
	if (tus_row_find(c, t->row->id, &now))
		return -1;
	if (now.offset != t->row->offset)
		return storage_fault(c, "Conflict", "the upload is at another offset");
	return tus_file_cut(t->file, now.offset, &c->err) ? failed(t) : 0;
}

static int take(struct take *t)
{
	if (take_body(t))
		return keep_what_came(t);
	if (t->sum.algorithm != TUS_NO_SUM && !tus_file_fits(t->file, t->row->offset, &t->sum))
		return storage_fault(t->c, "ChecksumMismatch",
			"the bytes are not those of the checksum");
	return tus_file_len(t->file) == t->row->length ? complete(t) : commit(t);
}

int tus_take(struct storage_call *c, struct tus_row *row)
{
	struct take t = {.c = c, .row = row};

	t.limit = row->length < 0 ? c->storage->max_bytes : row->length;
	if (tus_head_checksum(c->arena, http_header(c->http, "Upload-Checksum"), &t.sum, &c->err))
		return storage_fault(c, "InvalidRequest", "%s", c->err.msg);
	int rc = begin(&t) || take(&t) ? -1 : 0;
	tus_file_close(t.file);
	return rc;
}

int tus_take_nothing(struct storage_call *c, struct tus_row *row)
{
	struct take t = {.c = c, .row = row};
	int rc = begin(&t) || complete(&t) ? -1 : 0;

	tus_file_close(t.file);
	return rc;
}

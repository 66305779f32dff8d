/* Objects get another name, or a second one; bytes are not moved for it. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/uuid.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/storage/engine.h"
#include "mod/storage/name.h"
#include "mod/storage/object.h"
#include "mod/storage/storage_local.h"

struct both {
	struct str bucket, name, to_bucket, to_name;
};

static int read_both(struct storage_call *c, struct both *b)
{
	if (storage_body_need(c, "bucketId", &b->bucket) ||
		storage_body_need(c, "sourceKey", &b->name) ||
		storage_body_need(c, "destinationKey", &b->to_name) ||
		storage_body_str(c, "destinationBucket", &b->to_bucket))
		return -1;
	if (!b->to_bucket.len)
		b->to_bucket = b->bucket;
	if (!storage_name_is_bucket(b->bucket) || !storage_name_is_bucket(b->to_bucket))
		return storage_fault_bucket(c);
	if (!storage_name_is_object(b->name))
		return storage_fault_key(c, b->name);
	return storage_name_is_object(b->to_name) ? 0 : storage_fault_key(c, b->to_name);
}

int storage_move(struct storage_call *c)
{
	struct batch *q = storage_batch(c, false);
	struct both b;

	if (read_both(c, &b))
		return -1;
	batch_add(q, "select storage.move_object($1, $2, $3, $4)", 4,
		(struct db_param[]){db_str(b.bucket), db_str(b.name), db_str(b.to_bucket),
			db_str(b.to_name)});
	if (storage_run(c, q))
		return -1;
	if (!result_bool(batch_result(q, 0), 0, 0))
		return storage_fault_absent(c);
	return storage_reply_message(c, "Successfully moved");
}

/* --- copy ----------------------------------------------------------------------------------------- */

static int pick(const struct json *obj, const char *name, struct str *text)
{
	return json_to_str(json_get(obj, name), text);
}

/* What the copy says about itself: as the source, or with copyMetadata false as asked. */
static int fresh_of(struct storage_call *c, const struct storage_object *o,
	struct storage_fresh *fresh)
{
	const struct json *asked = json_get(c->body, "metadata");
	bool copies_metadata;
	char version[UUID_SIZE];

	if (storage_body_bool(c, "copyMetadata", true, &copies_metadata))
		return -1;
	*fresh = (struct storage_fresh){.version = str_copy(c->arena,
						str_of(uuid_format(version, uuid_new()))),
		.mimetype = o->mimetype,
		.cache_control = o->cache_control,
		.content_encoding = o->content_encoding,
		.size = o->size,
		.etag = o->etag,
		.user_metadata = copies_metadata ? o->user_metadata : STR_NULL};
	if (!copies_metadata) {
		pick(asked, "mimetype", &fresh->mimetype);
		pick(asked, "cacheControl", &fresh->cache_control);
		pick(asked, "contentEncoding", &fresh->content_encoding);
	}
	return 0;
}

static int reply_copied(struct storage_call *c, const struct both *names, struct str id)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "Key");
	jsonw_str(&w, STR_JOIN(c->arena, names->to_bucket, STR("/"), names->to_name));
	jsonw_key(&w, "Id"), jsonw_str(&w, id);
	jsonw_end(&w);
	storage_reply(c, 200, &b);
	buf_done(&b);
	return 0;
}

/* The source is readable and the target may be written: bytes, then the row. */
static int copy(struct storage_call *c, const struct storage_object *o,
	const struct storage_right *right, const struct storage_fresh *fresh, struct str *ret_id)
{
	struct storage_place from = storage_object_place(o),
			     to = {right->workspace_id, fresh->version};

	if (storage_copy(c->engine, c->arena, &from, &to, &c->err))
		return storage_fail(c, &c->err);
	if (!storage_object_put(c, right, fresh, ret_id))
		return 0;
	if (c->status < 500)
		storage_discard(c->engine, c->arena, &to);
	return -1;
}

int storage_copy_object(struct storage_call *c)
{
	struct both b;
	struct storage_object o;
	struct storage_fresh fresh;
	struct str id;

	if (read_both(c, &b) || storage_object_find(c, STORAGE_AS_CALLER, b.bucket, b.name, &o))
		return -1;
	struct storage_right right = {.caller = &c->caller,
		.bucket = b.to_bucket,
		.name = b.to_name,
		.mode = storage_header_is_true(c, "x-upsert") ? STORAGE_UPSERT : STORAGE_INSERT};
	if (!o.version.p)
		return storage_fault_absent(c);
	if (fresh_of(c, &o, &fresh) || storage_right_check(c, &right) ||
		storage_right_check_type(c, &right, fresh.mimetype))
		return -1;
	if (o.size > right.size_limit)
		return storage_fault(c, "EntityTooLarge",
			"The object exceeded the maximum allowed size");
	return copy(c, &o, &right, &fresh, &id) ? -1 : reply_copied(c, &b, id);
}

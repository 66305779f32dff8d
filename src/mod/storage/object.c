#include "mod/storage/object.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/enc.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/uuid.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/storage/call.h"
#include "mod/storage/sniff.h"
#include "mod/storage/storage_local.h"

/* --- read ----------------------------------------------------------------------------------------- */

#define COLUMNS                                                                                     \
	"o.id, o.bucket_id, o.name, o.workspace_id, o.owner, o.version, o.metadata ->> 'mimetype'," \
	" o.metadata ->> 'eTag', o.metadata ->> 'cacheControl', o.metadata ->> 'contentEncoding',"  \
	" coalesce((o.metadata ->> 'size')::bigint, 0), o.metadata ->> 'lastModified',"             \
	" (extract(epoch from o.updated_at) * 1000000)::bigint,"                                    \
	" (extract(epoch from o.created_at) * 1000000)::bigint, o.user_metadata"

static const struct stmt find_one = {"storage_find",
	"select " COLUMNS " from storage.objects o where o.bucket_id = $1 and o.name = $2"};
static const struct stmt find_public = {"storage_find_public",
	"select " COLUMNS " from storage.objects o join storage.buckets b on b.id = o.bucket_id"
	" where o.bucket_id = $1 and o.name = $2 and b.public"};
static const struct stmt is_public = {"storage_is_public",
	"select from storage.buckets b where b.id = $1 and b.public"};

struct storage_place storage_object_place(const struct storage_object *o)
{
	return (struct storage_place){.workspace_id = o->workspace_id, .version = o->version};
}

static void read_row(const struct result *r, struct storage_object *o)
{
	*o = (struct storage_object){
		.id = result_text(r, 0, 0),
		.bucket = result_text(r, 0, 1),
		.name = result_text(r, 0, 2),
		.workspace_id = result_text(r, 0, 3),
		.owner = result_text(r, 0, 4),
		.version = result_text(r, 0, 5),
		.mimetype = result_text(r, 0, 6),
		.etag = result_text(r, 0, 7),
		.cache_control = result_text(r, 0, 8),
		.content_encoding = result_text(r, 0, 9),
		.size = result_i64(r, 0, 10),
		.changed_us = result_i64(r, 0, 12),
		.created_us = result_i64(r, 0, 13),
		.user_metadata = result_text(r, 0, 14),
	};
	clock_parse_iso(result_text(r, 0, 11), &o->changed_us);
}

static struct batch *ask(struct storage_call *c, bool as_worker, const struct stmt *find,
	struct str bucket, struct str name)
{
	struct batch *b = storage_batch(c, as_worker);

	batch_read_only(b);
	batch_add_prepared(b, find, 2, (struct db_param[]){db_str(bucket), db_str(name)});
	return b;
}

/* *ret_found false: there is no such public object. */
static int look_public(struct storage_call *c, enum storage_eyes eyes, struct str bucket,
	struct str name, struct storage_object *ret_object, bool *ret_found)
{
	struct batch *b = ask(c, true, &find_public, bucket, name);

	batch_add_prepared(b, &is_public, 1, (struct db_param[]){db_str(bucket)});
	if (storage_run(c, b))
		return -1;
	*ret_found = result_rows(batch_result(b, 0));
	if (*ret_found)
		read_row(batch_result(b, 0), ret_object);
	else if (eyes == STORAGE_AS_PUBLIC)
		return result_rows(batch_result(b, 1)) ? storage_fault_absent(c)
						       : storage_fault_bucket(c);
	return 0;
}

int storage_object_find(struct storage_call *c, enum storage_eyes eyes, struct str bucket,
	struct str name, struct storage_object *ret_object)
{
	bool is_found = false;

	if ((eyes == STORAGE_AS_PUBLIC || eyes == STORAGE_AS_EITHER) &&
		look_public(c, eyes, bucket, name, ret_object, &is_found))
		return -1;
	if (is_found)
		return 0;
	struct batch *b = ask(c, eyes == STORAGE_AS_WORKER, &find_one, bucket, name);
	if (storage_run(c, b))
		return -1;
	if (!result_rows(batch_result(b, 0)))
		return storage_fault_absent(c);
	read_row(batch_result(b, 0), ret_object);
	return 0;
}

/* --- written -------------------------------------------------------------------------------------- */

static struct batch *batch_of(struct storage_call *c, const struct storage_right *right)
{
	struct batch *b = batch_new(c->arena);

	batch_as(b, right->caller);
	return b;
}

int storage_right_check(struct storage_call *c, struct storage_right *right)
{
	struct batch *b = batch_of(c, right);
	struct result *r;

	batch_add(b,
		"select workspace_id, file_size_limit, allowed_mime_types"
		" from storage.try_object($1, $2, $3, $4, $5)",
		5,
		(struct db_param[]){db_str(right->bucket), db_str(right->name),
			db_bool(right->mode == STORAGE_UPSERT), db_str(right->owner),
			db_str(right->workspace_id)});
	if (storage_run(c, b))
		return -1;
	r = batch_result(b, 0);
	right->workspace_id = result_text(r, 0, 0);
	right->size_limit = c->storage->max_bytes;
	if (!result_is_null(r, 0, 1) && result_i64(r, 0, 1) < right->size_limit)
		right->size_limit = result_i64(r, 0, 1);
	right->allowed_mime_types = result_text(r, 0, 2);
	return 0;
}

/* "image/png", "image/" + star, a star alone. */
static bool is_covered(struct str mimetype, struct str pattern)
{
	if (str_eq(pattern, STR("*")) || str_eq(pattern, STR("*/*")))
		return true;
	if (str_ends(pattern, STR("/*"))) {
		pattern.len--;
		mimetype = str_sub(mimetype, 0, pattern.len);
	}
	return str_eq_nocase(mimetype, pattern);
}

int storage_right_check_type(struct storage_call *c, const struct storage_right *right,
	struct str mimetype)
{
	struct str bare = sniff_bare(c->arena, mimetype), pattern;
	const struct json *types = NULL;

	if (right->allowed_mime_types.p)
		types = json_parse(c->arena, right->allowed_mime_types, NULL);
	bool is_good = bare.p && !types;
	for (struct json_iter it = json_each(types); json_next(&it) && !is_good;)
		is_good = bare.p && json_to_str(it.value, &pattern) &&
			is_covered(bare,
				sniff_bare(c->arena, pattern).p ? sniff_bare(c->arena, pattern)
								: pattern);
	if (is_good)
		return 0;
	return storage_fault(c, "InvalidMimeType", "mime type " STR_FMT " is not supported",
		STR_ARG(str_sub(mimetype, 0, 200)));
}

static struct str etag_of(struct arena *a, const struct storage_fresh *f)
{
	if (f->etag.p)
		return f->etag;
	return STR_JOIN(a, STR("\""), enc_hex(a, str_from(f->md5, sizeof f->md5)), STR("\""));
}

static struct str metadata_of(struct arena *a, const struct storage_fresh *f)
{
	struct buf b;
	struct jsonw w;
	int64_t now = now_us();

	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "eTag"), jsonw_str(&w, etag_of(a, f));
	jsonw_key(&w, "size"), jsonw_i64(&w, f->size);
	jsonw_key(&w, "mimetype"), jsonw_str(&w, f->mimetype);
	jsonw_key(&w, "cacheControl"), jsonw_str(&w, f->cache_control);
	if (f->content_encoding.len)
		jsonw_key(&w, "contentEncoding"), jsonw_str(&w, f->content_encoding);
	jsonw_key(&w, "lastModified"), jsonw_time(&w, now);
	jsonw_key(&w, "contentLength"), jsonw_i64(&w, f->size);
	jsonw_key(&w, "httpStatusCode"), jsonw_i64(&w, 200);
	jsonw_end(&w);
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text;
}

int storage_object_put(struct storage_call *c, const struct storage_right *right,
	const struct storage_fresh *fresh, struct str *ret_id)
{
	struct batch *b = batch_of(c, right);
	char id[UUID_SIZE];

	uuid_format(id, uuid_new());
	batch_add(b, "select storage.put_object($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9,
		(struct db_param[]){db_text(id), db_str(right->bucket), db_str(right->name),
			db_bool(right->mode == STORAGE_UPSERT), db_str(right->owner),
			db_str(right->workspace_id), db_str(fresh->version),
			db_str(metadata_of(c->arena, fresh)), db_str(fresh->user_metadata)});
	if (storage_run(c, b))
		return -1;
	*ret_id = result_text(batch_result(b, 0), 0, 0);
	return 0;
}

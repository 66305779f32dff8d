#include <string.h>

#include "base/arena.h"
#include "base/uuid.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/storage/storage_local.h"
#include "mod/storage/tus_local.h"

#define EXPIRES "(extract(epoch from expires_at) * 1000000)::bigint"

static const struct stmt find = {"storage_tus_find",
	"select id, bucket_id, name, workspace_id, owner, content_type, cache_control, user_metadata, upsert,"
	" expires_at < now(), coalesce(upload_length, -1), upload_offset, " EXPIRES
	" from storage.tus_uploads where id = $1"};

static int absent(struct storage_call *c)
{
	return storage_fault(c, "NoSuchUpload", "Upload not found");
}

static void read_row(const struct result *r, struct tus_row *row)
{
	*row = (struct tus_row){
		.id = result_text(r, 0, 0),
		.bucket = result_text(r, 0, 1),
		.name = result_text(r, 0, 2),
		.workspace_id = result_text(r, 0, 3),
		.owner = result_text(r, 0, 4),
		.content_type = result_text(r, 0, 5),
		.cache_control = result_text(r, 0, 6),
		.user_metadata = result_text(r, 0, 7),
		.is_upsert = result_bool(r, 0, 8),
		.is_expired = result_bool(r, 0, 9),
		.length = result_i64(r, 0, 10),
		.offset = result_i64(r, 0, 11),
		.expires_us = result_i64(r, 0, 12),
	};
}

int tus_row_find(struct storage_call *c, struct str id, struct tus_row *ret_row)
{
	struct batch *b = storage_batch(c, true);

	if (!uuid_is_valid(id))
		return absent(c);
	batch_read_only(b);
	batch_add_prepared(b, &find, 1, (struct db_param[]){db_str(id)});
	if (storage_run(c, b))
		return -1;
	if (!result_rows(batch_result(b, 0)))
		return absent(c);
	read_row(batch_result(b, 0), ret_row);
	if (!str_eq(c->caller.role, STR("service_role")) &&
		!str_eq(ret_row->owner, c->caller.user_id))
		return absent(c);
	if (ret_row->is_expired)
		return storage_fault(c, "Gone", "The upload has expired");
	return 0;
}

int tus_row_add(struct storage_call *c, struct tus_row *row)
{
	struct batch *b = storage_batch(c, true);

	batch_add(b,
		"insert into storage.tus_uploads (bucket_id, name, workspace_id, owner, content_type, cache_control,"
		" user_metadata, upsert, upload_length, version)"
		" values ($1, $2, $3, $4, $5, $6, $7, $8, $9, gen_random_uuid()) returning id, " EXPIRES,
		9,
		(struct db_param[]){db_str(row->bucket), db_str(row->name),
			db_str(row->workspace_id), db_str(c->caller.user_id),
			db_str(row->content_type), db_str(row->cache_control),
			db_str(row->user_metadata), db_bool(row->is_upsert),
			row->length < 0 ? db_text(NULL) : db_i64(c->arena, row->length)});
	if (storage_run(c, b))
		return -1;
	row->id = result_text(batch_result(b, 0), 0, 0);
	row->expires_us = result_i64(batch_result(b, 0), 0, 1);
	return 0;
}

int tus_row_advance(struct storage_call *c, struct tus_row *row, int64_t offset)
{
	struct batch *b = storage_batch(c, true);

	batch_add(b,
		"update storage.tus_uploads set upload_offset = $2, upload_length = $3, expires_at = now() + interval '1 day'"
		" where id = $1 and upload_offset = $4 returning " EXPIRES,
		4,
		(struct db_param[]){db_str(row->id), db_i64(c->arena, offset),
			row->length < 0 ? db_text(NULL) : db_i64(c->arena, row->length),
			db_i64(c->arena, row->offset)});
	if (storage_run(c, b))
		return -1;
	if (!result_rows(batch_result(b, 0)))
		return storage_fault(c, "Conflict", "somebody else changed this upload");
	row->offset = offset;
	row->expires_us = result_i64(batch_result(b, 0), 0, 0);
	return 0;
}

int tus_row_drop(struct storage_call *c, struct tus_row *row)
{
	struct batch *b = storage_batch(c, true);

	batch_add(b, "delete from storage.tus_uploads where id = $1", 1,
		(struct db_param[]){db_str(row->id)});
	return storage_run(c, b);
}

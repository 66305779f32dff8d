#include "model/storage/tus_upload.h"

#include "model/auth/user.h"
#include "model/mls/workspace.h"
#include "model/storage/bucket.h"

#define AT(member) offsetof(struct storage_tus_upload, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"bucket_id", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(bucket_id)},
	{"name", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(name)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_DEFAULT, AT(workspace_id)},
	{"owner", "uuid", MODEL_UUID, MODEL_DEFAULT, AT(owner)},
	{"upload_length", "bigint", MODEL_INT, 0, AT(upload_length)},
	{"upload_offset", "bigint", MODEL_INT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(upload_offset)},
	{"content_type", "text", MODEL_TEXT, 0, AT(content_type)},
	{"cache_control", "text", MODEL_TEXT, 0, AT(cache_control)},
	{"user_metadata", "jsonb", MODEL_JSON, 0, AT(user_metadata)},
	{"upsert", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT, AT(upsert)},
	{"version", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(version)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"expires_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(expires_at)},
};

static const struct model_key keys[] = {
	{"tus_uploads_pkey", "(id)", {{0x1, 0x0}}},
};

static const struct model_relation relations[] = {
	{"bucket", &storage_tus_upload_table, &storage_bucket_table, 1,
		{STORAGE_TUS_UPLOAD_BUCKET_ID}, {STORAGE_BUCKET_ID}},
	{"workspace", &storage_tus_upload_table, &mls_workspace_table, 1,
		{STORAGE_TUS_UPLOAD_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"owner", &storage_tus_upload_table, &auth_user_table, 1, {STORAGE_TUS_UPLOAD_OWNER},
		{AUTH_USER_ID}},
};

const struct model_table storage_tus_upload_table = {
	.schema = "storage",
	.name = "tus_uploads",
	.label = "tus upload",
	.class = MODEL_SHARED,
	.size = sizeof(struct storage_tus_upload),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {STORAGE_TUS_UPLOAD_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

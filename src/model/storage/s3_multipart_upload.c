#include "model/storage/s3_multipart_upload.h"

#include "model/auth/user.h"
#include "model/mls/workspace.h"
#include "model/storage/bucket.h"

#define AT(member) offsetof(struct storage_s3_multipart_upload, member)

static const struct model_column columns[] = {
	{"id", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_PRIMARY, AT(id)},
	{"bucket_id", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(bucket_id)},
	{"key", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(key)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_DEFAULT, AT(workspace_id)},
	{"owner", "uuid", MODEL_UUID, MODEL_DEFAULT, AT(owner)},
	{"owner_id", "text", MODEL_TEXT, MODEL_GENERATED, AT(owner_id)},
	{"version", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(version)},
	{"upload_signature", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(upload_signature)},
	{"in_progress_size", "bigint", MODEL_INT, MODEL_NOT_NULL | MODEL_DEFAULT,
		AT(in_progress_size)},
	{"metadata", "jsonb", MODEL_JSON, 0, AT(metadata)},
	{"user_metadata", "jsonb", MODEL_JSON, 0, AT(user_metadata)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
};

static const struct model_key keys[] = {
	{"s3_multipart_uploads_pkey", "(id)", {{0x1, 0x0}}},
};

static const struct model_relation relations[] = {
	{"bucket", &storage_s3_multipart_upload_table, &storage_bucket_table, 1,
		{STORAGE_S3_MULTIPART_UPLOAD_BUCKET_ID}, {STORAGE_BUCKET_ID}},
	{"workspace", &storage_s3_multipart_upload_table, &mls_workspace_table, 1,
		{STORAGE_S3_MULTIPART_UPLOAD_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"owner", &storage_s3_multipart_upload_table, &auth_user_table, 1,
		{STORAGE_S3_MULTIPART_UPLOAD_OWNER}, {AUTH_USER_ID}},
};

const struct model_table storage_s3_multipart_upload_table = {
	.schema = "storage",
	.name = "s3_multipart_uploads",
	.label = "s3 multipart upload",
	.class = MODEL_SHARED,
	.size = sizeof(struct storage_s3_multipart_upload),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {STORAGE_S3_MULTIPART_UPLOAD_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

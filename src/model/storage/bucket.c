#include "model/storage/bucket.h"

#include "model/auth/user.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct storage_bucket, member)

static const struct model_column columns[] = {
	{"id", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_PRIMARY, AT(id)},
	{"name", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(name)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_DEFAULT, AT(workspace_id)},
	{"owner", "uuid", MODEL_UUID, MODEL_DEFAULT, AT(owner)},
	{"owner_id", "text", MODEL_TEXT, MODEL_GENERATED, AT(owner_id)},
	{"public", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT, AT(public)},
	{"audience", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(audience)},
	{"file_size_limit", "bigint", MODEL_INT, 0, AT(file_size_limit)},
	{"allowed_mime_types", "text[]", MODEL_ARRAY, 0, AT(allowed_mime_types)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
};

static const struct model_key keys[] = {
	{"buckets_pkey", "(id)", {{0x1, 0x0}}},
	{"buckets_name_key", "(name)", {{0x2, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &storage_bucket_table, &mls_workspace_table, 1, {STORAGE_BUCKET_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
	{"owner", &storage_bucket_table, &auth_user_table, 1, {STORAGE_BUCKET_OWNER},
		{AUTH_USER_ID}},
};

const struct model_table storage_bucket_table = {
	.schema = "storage",
	.name = "buckets",
	.label = "bucket",
	.class = MODEL_SHARED,
	.size = sizeof(struct storage_bucket),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {STORAGE_BUCKET_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

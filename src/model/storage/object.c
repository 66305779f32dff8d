#include "model/storage/object.h"

#include "model/auth/user.h"
#include "model/mls/workspace.h"
#include "model/storage/bucket.h"

#define AT(member) offsetof(struct storage_object, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"bucket_id", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(bucket_id)},
	{"name", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(name)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_DEFAULT, AT(workspace_id)},
	{"owner", "uuid", MODEL_UUID, MODEL_DEFAULT, AT(owner)},
	{"owner_id", "text", MODEL_TEXT, MODEL_GENERATED, AT(owner_id)},
	{"metadata", "jsonb", MODEL_JSON, MODEL_NOT_NULL | MODEL_DEFAULT, AT(metadata)},
	{"user_metadata", "jsonb", MODEL_JSON, 0, AT(user_metadata)},
	{"path_tokens", "text[]", MODEL_ARRAY, MODEL_GENERATED, AT(path_tokens)},
	{"version", "text", MODEL_TEXT, 0, AT(version)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"last_accessed_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT,
		AT(last_accessed_at)},
};

static const struct model_key keys[] = {
	{"objects_pkey", "(id)", {{0x1, 0x0}}},
	{"objects_bucket_id_name_key", "(bucket_id, name)", {{0x6, 0x0}}},
};

static const struct model_relation relations[] = {
	{"bucket", &storage_object_table, &storage_bucket_table, 1, {STORAGE_OBJECT_BUCKET_ID},
		{STORAGE_BUCKET_ID}},
	{"workspace", &storage_object_table, &mls_workspace_table, 1, {STORAGE_OBJECT_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
	{"owner", &storage_object_table, &auth_user_table, 1, {STORAGE_OBJECT_OWNER},
		{AUTH_USER_ID}},
};

const struct model_table storage_object_table = {
	.schema = "storage",
	.name = "objects",
	.label = "object",
	.class = MODEL_SHARED,
	.size = sizeof(struct storage_object),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {STORAGE_OBJECT_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

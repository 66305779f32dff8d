#include "model/storage/garbage.h"

#define AT(member) offsetof(struct storage_garbage, member)

static const struct model_column columns[] = {
	{"id", "bigint", MODEL_INT, MODEL_NOT_NULL | MODEL_GENERATED | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, 0, AT(workspace_id)},
	{"version", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(version)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
};

static const struct model_key keys[] = {
	{"garbage_pkey", "(id)", {{0x1, 0x0}}},
};

const struct model_table storage_garbage_table = {
	.schema = "storage",
	.name = "garbage",
	.label = "garbage",
	.class = MODEL_SHARED,
	.size = sizeof(struct storage_garbage),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {STORAGE_GARBAGE_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
};

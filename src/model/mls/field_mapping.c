#include "model/mls/field_mapping.h"

#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_field_mapping, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"provider", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(provider)},
	{"version", "integer", MODEL_INT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(version)},
	{"is_active", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT, AT(is_active)},
	{"mapping", "jsonb", MODEL_JSON, MODEL_NOT_NULL, AT(mapping)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
};

static const struct model_key keys[] = {
	{"field_mappings_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
	{"field_mappings_one_active", "(workspace_id, provider) where is_active", {{0x6, 0x0}}},
	{"field_mappings_workspace_id_provider_version_key", "(workspace_id, provider, version)",
		{{0xe, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_field_mapping_table, &mls_workspace_table, 1,
		{MLS_FIELD_MAPPING_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
};

const struct model_table mls_field_mapping_table = {
	.schema = "mls",
	.name = "field_mappings",
	.label = "field mapping",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_field_mapping),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_FIELD_MAPPING_WORKSPACE_ID, MLS_FIELD_MAPPING_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

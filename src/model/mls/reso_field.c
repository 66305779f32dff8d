#include "model/mls/reso_field.h"

#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_reso_field, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"name", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_PRIMARY, AT(name)},
	{"kinds", "text[]", MODEL_ARRAY, MODEL_NOT_NULL | MODEL_DEFAULT, AT(kinds)},
	{"seen_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(seen_at)},
};

static const struct model_key keys[] = {
	{"reso_fields_pkey", "(workspace_id, name)", {{0x3, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_reso_field_table, &mls_workspace_table, 1, {MLS_RESO_FIELD_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
};

const struct model_table mls_reso_field_table = {
	.schema = "mls",
	.name = "reso_fields",
	.label = "reso field",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_reso_field),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_RESO_FIELD_WORKSPACE_ID, MLS_RESO_FIELD_NAME},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

#include "model/mls/reso_lookup.h"

#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_reso_lookup, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"name", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_PRIMARY, AT(name)},
	{"value", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_PRIMARY, AT(value)},
	{"seen_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(seen_at)},
};

static const struct model_key keys[] = {
	{"reso_lookups_pkey", "(workspace_id, name, value)", {{0x7, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_reso_lookup_table, &mls_workspace_table, 1,
		{MLS_RESO_LOOKUP_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
};

const struct model_table mls_reso_lookup_table = {
	.schema = "mls",
	.name = "reso_lookups",
	.label = "reso lookup",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_reso_lookup),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_RESO_LOOKUP_WORKSPACE_ID, MLS_RESO_LOOKUP_NAME, MLS_RESO_LOOKUP_VALUE},
	.primary_n = 3,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

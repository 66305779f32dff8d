#include "model/mls/sweep_key.h"

#include "model/mls/connection.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_sweep_key, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"mls_connection_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(mls_connection_id)},
	{"scope", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_PRIMARY, AT(scope)},
	{"source_listing_key", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_PRIMARY,
		AT(source_listing_key)},
	{"source_modified_at", "timestamptz", MODEL_TIME, 0, AT(source_modified_at)},
};

static const struct model_key keys[] = {
	{"sweep_keys_pkey", "(workspace_id, scope, source_listing_key)", {{0xd, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_sweep_key_table, &mls_workspace_table, 1, {MLS_SWEEP_KEY_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
	{"mls_connection", &mls_sweep_key_table, &mls_connection_table, 2,
		{MLS_SWEEP_KEY_WORKSPACE_ID, MLS_SWEEP_KEY_MLS_CONNECTION_ID},
		{MLS_CONNECTION_WORKSPACE_ID, MLS_CONNECTION_ID}},
};

const struct model_table mls_sweep_key_table = {
	.schema = "mls",
	.name = "sweep_keys",
	.label = "sweep key",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_sweep_key),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_SWEEP_KEY_WORKSPACE_ID, MLS_SWEEP_KEY_SCOPE,
		MLS_SWEEP_KEY_SOURCE_LISTING_KEY},
	.primary_n = 3,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

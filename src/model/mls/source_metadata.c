#include "model/mls/source_metadata.h"

#include "model/mls/connection.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_source_metadata, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"mls_connection_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_PRIMARY,
		AT(mls_connection_id)},
	{"fetched_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(fetched_at)},
	{"document_hash", "bytea", MODEL_BYTES, 0, AT(document_hash)},
	{"resources", "jsonb", MODEL_JSON, MODEL_NOT_NULL | MODEL_DEFAULT, AT(resources)},
	{"problem", "text", MODEL_TEXT, 0, AT(problem)},
};

static const struct model_key keys[] = {
	{"source_metadata_pkey", "(workspace_id, mls_connection_id)", {{0x3, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_source_metadata_table, &mls_workspace_table, 1,
		{MLS_SOURCE_METADATA_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"mls_connection", &mls_source_metadata_table, &mls_connection_table, 2,
		{MLS_SOURCE_METADATA_WORKSPACE_ID, MLS_SOURCE_METADATA_MLS_CONNECTION_ID},
		{MLS_CONNECTION_WORKSPACE_ID, MLS_CONNECTION_ID}},
};

const struct model_table mls_source_metadata_table = {
	.schema = "mls",
	.name = "source_metadata",
	.label = "source metadata",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_source_metadata),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_SOURCE_METADATA_WORKSPACE_ID, MLS_SOURCE_METADATA_MLS_CONNECTION_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

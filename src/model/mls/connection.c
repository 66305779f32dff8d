#include "model/mls/connection.h"

#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_connection, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"provider", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(provider)},
	{"dataset_id", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(dataset_id)},
	{"token_ciphertext", "text", MODEL_TEXT, MODEL_HIDDEN, AT(token_ciphertext)},
	{"token_type", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(token_type)},
	{"base_url", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(base_url)},
	{"status", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(status)},
	{"sync_cadence", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(sync_cadence)},
	{"last_synced_at", "timestamptz", MODEL_TIME, 0, AT(last_synced_at)},
	{"last_sync_cursor", "text", MODEL_TEXT, 0, AT(last_sync_cursor)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"settings", "jsonb", MODEL_JSON, MODEL_NOT_NULL | MODEL_DEFAULT, AT(settings)},
	{"client_id", "text", MODEL_TEXT, 0, AT(client_id)},
	{"token_url", "text", MODEL_TEXT, 0, AT(token_url)},
	{"token_scope", "text", MODEL_TEXT, 0, AT(token_scope)},
	{"status_reason", "text", MODEL_TEXT, 0, AT(status_reason)},
	{"tested_at", "timestamptz", MODEL_TIME, 0, AT(tested_at)},
	{"test_report", "jsonb", MODEL_JSON, 0, AT(test_report)},
	{"failures", "integer", MODEL_INT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(failures)},
	{"held_until", "timestamptz", MODEL_TIME, 0, AT(held_until)},
	{"reconciled_at", "timestamptz", MODEL_TIME, 0, AT(reconciled_at)},
};

static const struct model_key keys[] = {
	{"mls_connections_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
	{"mls_connections_workspace_id_provider_key", "(workspace_id, provider)", {{0x6, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_connection_table, &mls_workspace_table, 1, {MLS_CONNECTION_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
};

const struct model_table mls_connection_table = {
	.schema = "mls",
	.name = "mls_connections",
	.label = "connection",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_connection),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_CONNECTION_WORKSPACE_ID, MLS_CONNECTION_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

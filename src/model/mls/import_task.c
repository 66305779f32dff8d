#include "model/mls/import_task.h"

#include "model/mls/connection.h"
#include "model/mls/field_mapping.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_import_task, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"mls_connection_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(mls_connection_id)},
	{"name", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(name)},
	{"description", "text", MODEL_TEXT, 0, AT(description)},
	{"category", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(category)},
	{"filter_config", "jsonb", MODEL_JSON, MODEL_NOT_NULL | MODEL_DEFAULT, AT(filter_config)},
	{"status_filters", "text[]", MODEL_ARRAY, 0, AT(status_filters)},
	{"price_min", "integer", MODEL_INT, 0, AT(price_min)},
	{"price_max", "integer", MODEL_INT, 0, AT(price_max)},
	{"max_import_limit", "integer", MODEL_INT, 0, AT(max_import_limit)},
	{"field_mapping_id", "uuid", MODEL_UUID, 0, AT(field_mapping_id)},
	{"sync_cadence", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(sync_cadence)},
	{"is_enabled", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT, AT(is_enabled)},
	{"is_agent_visible", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT,
		AT(is_agent_visible)},
	{"last_synced_at", "timestamptz", MODEL_TIME, 0, AT(last_synced_at)},
	{"last_sync_cursor", "text", MODEL_TEXT, 0, AT(last_sync_cursor)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"scope_hash", "bytea", MODEL_BYTES, 0, AT(scope_hash)},
	{"status_reason", "text", MODEL_TEXT, 0, AT(status_reason)},
	{"reconciled_at", "timestamptz", MODEL_TIME, 0, AT(reconciled_at)},
	{"pass_started_at", "timestamptz", MODEL_TIME, 0, AT(pass_started_at)},
};

static const struct model_key keys[] = {
	{"import_tasks_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_import_task_table, &mls_workspace_table, 1,
		{MLS_IMPORT_TASK_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"mls_connection", &mls_import_task_table, &mls_connection_table, 2,
		{MLS_IMPORT_TASK_WORKSPACE_ID, MLS_IMPORT_TASK_MLS_CONNECTION_ID},
		{MLS_CONNECTION_WORKSPACE_ID, MLS_CONNECTION_ID}},
	{"field_mapping", &mls_import_task_table, &mls_field_mapping_table, 2,
		{MLS_IMPORT_TASK_WORKSPACE_ID, MLS_IMPORT_TASK_FIELD_MAPPING_ID},
		{MLS_FIELD_MAPPING_WORKSPACE_ID, MLS_FIELD_MAPPING_ID}},
};

const struct model_table mls_import_task_table = {
	.schema = "mls",
	.name = "import_tasks",
	.label = "import task",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_import_task),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_IMPORT_TASK_WORKSPACE_ID, MLS_IMPORT_TASK_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

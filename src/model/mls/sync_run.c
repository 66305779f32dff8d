#include "model/mls/sync_run.h"

#include "model/auth/user.h"
#include "model/mls/connection.h"
#include "model/mls/import_task.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_sync_run, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"mls_connection_id", "uuid", MODEL_UUID, 0, AT(mls_connection_id)},
	{"import_task_id", "uuid", MODEL_UUID, 0, AT(import_task_id)},
	{"started_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(started_at)},
	{"finished_at", "timestamptz", MODEL_TIME, 0, AT(finished_at)},
	{"status", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(status)},
	{"stats", "jsonb", MODEL_JSON, MODEL_NOT_NULL | MODEL_DEFAULT, AT(stats)},
	{"error", "text", MODEL_TEXT, 0, AT(error)},
	{"kind", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(kind)},
	{"requested_by", "uuid", MODEL_UUID, 0, AT(requested_by)},
	{"cancel_requested", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT,
		AT(cancel_requested)},
	{"progress", "jsonb", MODEL_JSON, 0, AT(progress)},
};

static const struct model_key keys[] = {
	{"sync_runs_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_sync_run_table, &mls_workspace_table, 1, {MLS_SYNC_RUN_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
	{"mls_connection", &mls_sync_run_table, &mls_connection_table, 2,
		{MLS_SYNC_RUN_WORKSPACE_ID, MLS_SYNC_RUN_MLS_CONNECTION_ID},
		{MLS_CONNECTION_WORKSPACE_ID, MLS_CONNECTION_ID}},
	{"import_task", &mls_sync_run_table, &mls_import_task_table, 2,
		{MLS_SYNC_RUN_WORKSPACE_ID, MLS_SYNC_RUN_IMPORT_TASK_ID},
		{MLS_IMPORT_TASK_WORKSPACE_ID, MLS_IMPORT_TASK_ID}},
	{"requested_by", &mls_sync_run_table, &auth_user_table, 1, {MLS_SYNC_RUN_REQUESTED_BY},
		{AUTH_USER_ID}},
};

const struct model_table mls_sync_run_table = {
	.schema = "mls",
	.name = "sync_runs",
	.label = "sync run",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_sync_run),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_SYNC_RUN_WORKSPACE_ID, MLS_SYNC_RUN_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

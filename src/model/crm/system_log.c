#include "model/crm/system_log.h"

#include "model/mls/workspace.h"

#define AT(member) offsetof(struct crm_system_log, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"level", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(level)},
	{"source", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(source)},
	{"message", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(message)},
	{"details", "jsonb", MODEL_JSON, 0, AT(details)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_DEFAULT, AT(workspace_id)},
};

static const struct model_key keys[] = {
	{"system_logs_pkey", "(id)", {{0x1, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &crm_system_log_table, &mls_workspace_table, 1, {CRM_SYSTEM_LOG_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
};

const struct model_table crm_system_log_table = {
	.schema = "crm",
	.name = "system_logs",
	.label = "system log",
	.class = MODEL_LOCAL,
	.size = sizeof(struct crm_system_log),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {CRM_SYSTEM_LOG_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

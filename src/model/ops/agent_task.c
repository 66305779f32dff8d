#include "model/ops/agent_task.h"

#include "model/mls/workspace.h"
#include "model/ops/realtor.h"
#include "model/ops/staff.h"

#define AT(member) offsetof(struct ops_agent_task, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"task_id", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(task_id)},
	{"realtor_id", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(realtor_id)},
	{"task_key", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(task_key)},
	{"name", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(name)},
	{"description", "text", MODEL_TEXT, 0, AT(description)},
	{"status", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(status)},
	{"priority", "integer", MODEL_INT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(priority)},
	{"assigned_staff_id", "text", MODEL_TEXT, 0, AT(assigned_staff_id)},
	{"due_date", "timestamptz", MODEL_TIME, 0, AT(due_date)},
	{"claimed_at", "timestamptz", MODEL_TIME, 0, AT(claimed_at)},
	{"completed_at", "timestamptz", MODEL_TIME, 0, AT(completed_at)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"deleted_at", "timestamptz", MODEL_TIME, 0, AT(deleted_at)},
	{"deleted_by", "text", MODEL_TEXT, 0, AT(deleted_by)},
	{"inputs", "jsonb", MODEL_JSON, MODEL_DEFAULT, AT(inputs)},
	{"outputs", "jsonb", MODEL_JSON, MODEL_DEFAULT, AT(outputs)},
};

static const struct model_key keys[] = {
	{"agent_tasks_pkey", "(workspace_id, task_id)", {{0x3, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &ops_agent_task_table, &mls_workspace_table, 1, {OPS_AGENT_TASK_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
	{"realtor", &ops_agent_task_table, &ops_realtor_table, 2,
		{OPS_AGENT_TASK_WORKSPACE_ID, OPS_AGENT_TASK_REALTOR_ID},
		{OPS_REALTOR_WORKSPACE_ID, OPS_REALTOR_REALTOR_ID}},
	{"assigned_staff", &ops_agent_task_table, &ops_staff_table, 2,
		{OPS_AGENT_TASK_WORKSPACE_ID, OPS_AGENT_TASK_ASSIGNED_STAFF_ID},
		{OPS_STAFF_WORKSPACE_ID, OPS_STAFF_STAFF_ID}},
};

const struct model_table ops_agent_task_table = {
	.schema = "ops",
	.name = "agent_tasks",
	.label = "agent task",
	.class = MODEL_TENANT,
	.size = sizeof(struct ops_agent_task),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {OPS_AGENT_TASK_WORKSPACE_ID, OPS_AGENT_TASK_TASK_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

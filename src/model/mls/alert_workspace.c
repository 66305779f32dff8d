#include "model/mls/alert_workspace.h"

#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_alert_workspace, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"since", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(since)},
	{"counted_to", "uuid", MODEL_UUID, 0, AT(counted_to)},
	{"ready_at", "timestamptz", MODEL_TIME, 0, AT(ready_at)},
};

static const struct model_key keys[] = {
	{"alert_workspaces_pkey", "(workspace_id)", {{0x1, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_alert_workspace_table, &mls_workspace_table, 1,
		{MLS_ALERT_WORKSPACE_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
};

const struct model_table mls_alert_workspace_table = {
	.schema = "mls",
	.name = "alert_workspaces",
	.label = "alert workspace",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_alert_workspace),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_ALERT_WORKSPACE_WORKSPACE_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

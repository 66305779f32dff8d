#include "model/mls/sync_correction.h"

#include "model/mls/sync_run.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_sync_correction, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"sync_run_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(sync_run_id)},
	{"field", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(field)},
	{"reason", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(reason)},
	{"n", "integer", MODEL_INT, MODEL_NOT_NULL, AT(n)},
	{"example", "text", MODEL_TEXT, 0, AT(example)},
};

static const struct model_key keys[] = {
	{"sync_corrections_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
	{"sync_corrections_workspace_id_sync_run_id_field_reason_key",
		"(workspace_id, sync_run_id, field, reason)", {{0x1e, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_sync_correction_table, &mls_workspace_table, 1,
		{MLS_SYNC_CORRECTION_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"sync_run", &mls_sync_correction_table, &mls_sync_run_table, 2,
		{MLS_SYNC_CORRECTION_WORKSPACE_ID, MLS_SYNC_CORRECTION_SYNC_RUN_ID},
		{MLS_SYNC_RUN_WORKSPACE_ID, MLS_SYNC_RUN_ID}},
};

const struct model_table mls_sync_correction_table = {
	.schema = "mls",
	.name = "sync_corrections",
	.label = "sync correction",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_sync_correction),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_SYNC_CORRECTION_WORKSPACE_ID, MLS_SYNC_CORRECTION_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

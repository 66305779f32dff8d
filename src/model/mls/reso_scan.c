#include "model/mls/reso_scan.h"

#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_reso_scan, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"scanned_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL, AT(scanned_at)},
};

static const struct model_key keys[] = {
	{"reso_scans_pkey", "(workspace_id)", {{0x1, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_reso_scan_table, &mls_workspace_table, 1, {MLS_RESO_SCAN_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
};

const struct model_table mls_reso_scan_table = {
	.schema = "mls",
	.name = "reso_scans",
	.label = "reso scan",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_reso_scan),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_RESO_SCAN_WORKSPACE_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

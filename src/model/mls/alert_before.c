#include "model/mls/alert_before.h"

#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_alert_before, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"listing_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_PRIMARY, AT(listing_id)},
	{"n", "bigint", MODEL_INT, MODEL_NOT_NULL | MODEL_GENERATED | MODEL_PRIMARY, AT(n)},
	{"was", "jsonb", MODEL_JSON, MODEL_NOT_NULL, AT(was)},
};

static const struct model_key keys[] = {
	{"alert_befores_pkey", "(workspace_id, listing_id, n)", {{0x7, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_alert_before_table, &mls_workspace_table, 1,
		{MLS_ALERT_BEFORE_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
};

const struct model_table mls_alert_before_table = {
	.schema = "mls",
	.name = "alert_befores",
	.label = "alert before",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_alert_before),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_ALERT_BEFORE_WORKSPACE_ID, MLS_ALERT_BEFORE_LISTING_ID, MLS_ALERT_BEFORE_N},
	.primary_n = 3,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

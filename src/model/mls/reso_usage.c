#include "model/mls/reso_usage.h"

#include "model/mls/reso_consumer.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_reso_usage, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"reso_consumer_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_PRIMARY,
		AT(reso_consumer_id)},
	{"minute_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL, AT(minute_at)},
	{"minute_used", "integer", MODEL_INT, MODEL_NOT_NULL, AT(minute_used)},
	{"hour_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL, AT(hour_at)},
	{"hour_used", "integer", MODEL_INT, MODEL_NOT_NULL, AT(hour_used)},
	{"requests", "bigint", MODEL_INT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(requests)},
};

static const struct model_key keys[] = {
	{"reso_usage_pkey", "(workspace_id, reso_consumer_id)", {{0x3, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_reso_usage_table, &mls_workspace_table, 1, {MLS_RESO_USAGE_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
	{"reso_consumer", &mls_reso_usage_table, &mls_reso_consumer_table, 2,
		{MLS_RESO_USAGE_WORKSPACE_ID, MLS_RESO_USAGE_RESO_CONSUMER_ID},
		{MLS_RESO_CONSUMER_WORKSPACE_ID, MLS_RESO_CONSUMER_ID}},
};

const struct model_table mls_reso_usage_table = {
	.schema = "mls",
	.name = "reso_usage",
	.label = "reso usage",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_reso_usage),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_RESO_USAGE_WORKSPACE_ID, MLS_RESO_USAGE_RESO_CONSUMER_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

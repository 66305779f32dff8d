#include "model/mls/ai_usage.h"

#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_ai_usage, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"operation", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(operation)},
	{"model", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(model)},
	{"input_tokens", "integer", MODEL_INT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(input_tokens)},
	{"output_tokens", "integer", MODEL_INT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(output_tokens)},
	{"cost_cents", "integer", MODEL_INT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(cost_cents)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
};

static const struct model_key keys[] = {
	{"ai_usage_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_ai_usage_table, &mls_workspace_table, 1, {MLS_AI_USAGE_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
};

const struct model_table mls_ai_usage_table = {
	.schema = "mls",
	.name = "ai_usage",
	.label = "ai usage",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_ai_usage),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_AI_USAGE_WORKSPACE_ID, MLS_AI_USAGE_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

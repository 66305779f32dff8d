#include "model/plat/outbox.h"

#include "model/mls/workspace.h"

#define AT(member) offsetof(struct plat_outbox, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"topic", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(topic)},
	{"key", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(key)},
	{"payload", "jsonb", MODEL_JSON, MODEL_NOT_NULL | MODEL_DEFAULT, AT(payload)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"sequence", "bigint", MODEL_INT, MODEL_NOT_NULL | MODEL_GENERATED, AT(sequence)},
};

static const struct model_key keys[] = {
	{"outbox_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &plat_outbox_table, &mls_workspace_table, 1, {PLAT_OUTBOX_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
};

const struct model_table plat_outbox_table = {
	.schema = "plat",
	.name = "outbox",
	.label = "outbox",
	.class = MODEL_TENANT,
	.size = sizeof(struct plat_outbox),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {PLAT_OUTBOX_WORKSPACE_ID, PLAT_OUTBOX_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

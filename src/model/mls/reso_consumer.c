#include "model/mls/reso_consumer.h"

#include "model/auth/user.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_reso_consumer, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"name", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(name)},
	{"scopes", "text[]", MODEL_ARRAY, MODEL_NOT_NULL | MODEL_DEFAULT, AT(scopes)},
	{"per_minute", "integer", MODEL_INT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(per_minute)},
	{"per_hour", "integer", MODEL_INT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(per_hour)},
	{"token_hash", "bytea", MODEL_BYTES, MODEL_NOT_NULL | MODEL_HIDDEN, AT(token_hash)},
	{"client_id", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(client_id)},
	{"client_secret_hash", "bytea", MODEL_BYTES, MODEL_NOT_NULL | MODEL_HIDDEN,
		AT(client_secret_hash)},
	{"generation", "integer", MODEL_INT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(generation)},
	{"revoked_at", "timestamptz", MODEL_TIME, 0, AT(revoked_at)},
	{"last_used_at", "timestamptz", MODEL_TIME, 0, AT(last_used_at)},
	{"created_by", "uuid", MODEL_UUID, MODEL_DEFAULT, AT(created_by)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
};

static const struct model_key keys[] = {
	{"reso_consumers_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
	{"reso_consumers_workspace_id_name_key", "(workspace_id, name)", {{0x6, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_reso_consumer_table, &mls_workspace_table, 1,
		{MLS_RESO_CONSUMER_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"created_by", &mls_reso_consumer_table, &auth_user_table, 1,
		{MLS_RESO_CONSUMER_CREATED_BY}, {AUTH_USER_ID}},
};

const struct model_table mls_reso_consumer_table = {
	.schema = "mls",
	.name = "reso_consumers",
	.label = "reso consumer",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_reso_consumer),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_RESO_CONSUMER_WORKSPACE_ID, MLS_RESO_CONSUMER_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

#include "model/auth/flow_code.h"

#include "model/auth/user.h"

#define AT(member) offsetof(struct auth_flow_code, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"user_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(user_id)},
	{"code_hash", "bytea", MODEL_BYTES, MODEL_NOT_NULL, AT(code_hash)},
	{"code_challenge", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(code_challenge)},
	{"code_challenge_method", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(code_challenge_method)},
	{"method", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(method)},
	{"provider_tokens", "text", MODEL_TEXT, MODEL_HIDDEN, AT(provider_tokens)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"expires_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(expires_at)},
};

static const struct model_key keys[] = {
	{"flow_codes_pkey", "(id)", {{0x1, 0x0}}},
	{"flow_codes_code_hash_key", "(code_hash)", {{0x4, 0x0}}},
};

static const struct model_relation relations[] = {
	{"user", &auth_flow_code_table, &auth_user_table, 1, {AUTH_FLOW_CODE_USER_ID},
		{AUTH_USER_ID}},
};

const struct model_table auth_flow_code_table = {
	.schema = "auth",
	.name = "flow_codes",
	.label = "flow code",
	.class = MODEL_SHARED,
	.size = sizeof(struct auth_flow_code),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {AUTH_FLOW_CODE_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

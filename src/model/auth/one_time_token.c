#include "model/auth/one_time_token.h"

#include "model/auth/user.h"

#define AT(member) offsetof(struct auth_one_time_token, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"user_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(user_id)},
	{"token_type", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(token_type)},
	{"token_hash", "bytea", MODEL_BYTES, MODEL_NOT_NULL, AT(token_hash)},
	{"relates_to", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(relates_to)},
	{"code_challenge", "text", MODEL_TEXT, 0, AT(code_challenge)},
	{"redirect_to", "text", MODEL_TEXT, 0, AT(redirect_to)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"expires_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(expires_at)},
	{"code_challenge_method", "text", MODEL_TEXT, 0, AT(code_challenge_method)},
};

static const struct model_key keys[] = {
	{"one_time_tokens_pkey", "(id)", {{0x1, 0x0}}},
	{"one_time_tokens_user_id_token_type_key", "(user_id, token_type)", {{0x6, 0x0}}},
};

static const struct model_relation relations[] = {
	{"user", &auth_one_time_token_table, &auth_user_table, 1, {AUTH_ONE_TIME_TOKEN_USER_ID},
		{AUTH_USER_ID}},
};

const struct model_table auth_one_time_token_table = {
	.schema = "auth",
	.name = "one_time_tokens",
	.label = "one time token",
	.class = MODEL_SHARED,
	.size = sizeof(struct auth_one_time_token),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {AUTH_ONE_TIME_TOKEN_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

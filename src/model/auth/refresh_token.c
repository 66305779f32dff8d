#include "model/auth/refresh_token.h"

#include "model/auth/session.h"
#include "model/auth/user.h"

#define AT(member) offsetof(struct auth_refresh_token, member)

static const struct model_column columns[] = {
	{"id", "bigint", MODEL_INT, MODEL_NOT_NULL | MODEL_GENERATED | MODEL_PRIMARY, AT(id)},
	{"session_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(session_id)},
	{"user_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(user_id)},
	{"token_hash", "bytea", MODEL_BYTES, MODEL_NOT_NULL, AT(token_hash)},
	{"parent_id", "bigint", MODEL_INT, 0, AT(parent_id)},
	{"revoked_at", "timestamptz", MODEL_TIME, 0, AT(revoked_at)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
};

static const struct model_key keys[] = {
	{"refresh_tokens_pkey", "(id)", {{0x1, 0x0}}},
	{"refresh_tokens_token_hash_key", "(token_hash)", {{0x8, 0x0}}},
};

static const struct model_relation relations[] = {
	{"session", &auth_refresh_token_table, &auth_session_table, 1,
		{AUTH_REFRESH_TOKEN_SESSION_ID}, {AUTH_SESSION_ID}},
	{"user", &auth_refresh_token_table, &auth_user_table, 1, {AUTH_REFRESH_TOKEN_USER_ID},
		{AUTH_USER_ID}},
	{"parent", &auth_refresh_token_table, &auth_refresh_token_table, 1,
		{AUTH_REFRESH_TOKEN_PARENT_ID}, {AUTH_REFRESH_TOKEN_ID}},
};

const struct model_table auth_refresh_token_table = {
	.schema = "auth",
	.name = "refresh_tokens",
	.label = "refresh token",
	.class = MODEL_SHARED,
	.size = sizeof(struct auth_refresh_token),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {AUTH_REFRESH_TOKEN_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

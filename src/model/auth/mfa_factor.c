#include "model/auth/mfa_factor.h"

#include "model/auth/user.h"

#define AT(member) offsetof(struct auth_mfa_factor, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"user_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(user_id)},
	{"friendly_name", "text", MODEL_TEXT, 0, AT(friendly_name)},
	{"factor_type", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(factor_type)},
	{"status", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(status)},
	{"secret", "text", MODEL_TEXT, MODEL_HIDDEN, AT(secret)},
	{"phone", "text", MODEL_TEXT, 0, AT(phone)},
	{"last_challenged_at", "timestamptz", MODEL_TIME, 0, AT(last_challenged_at)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"last_step", "bigint", MODEL_INT, 0, AT(last_step)},
};

static const struct model_key keys[] = {
	{"mfa_factors_pkey", "(id)", {{0x1, 0x0}}},
	{"mfa_factors_friendly_name",
		"(user_id, friendly_name) where btrim(friendly_name) <> ''::text", {{0x6, 0x0}}},
};

static const struct model_relation relations[] = {
	{"user", &auth_mfa_factor_table, &auth_user_table, 1, {AUTH_MFA_FACTOR_USER_ID},
		{AUTH_USER_ID}},
};

const struct model_table auth_mfa_factor_table = {
	.schema = "auth",
	.name = "mfa_factors",
	.label = "mfa factor",
	.class = MODEL_SHARED,
	.size = sizeof(struct auth_mfa_factor),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {AUTH_MFA_FACTOR_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

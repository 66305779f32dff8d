#include "model/auth/identity.h"

#include "model/auth/user.h"

#define AT(member) offsetof(struct auth_identity, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"user_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(user_id)},
	{"provider", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(provider)},
	{"provider_id", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(provider_id)},
	{"identity_data", "jsonb", MODEL_JSON, MODEL_NOT_NULL | MODEL_DEFAULT, AT(identity_data)},
	{"email", "text", MODEL_TEXT, MODEL_GENERATED, AT(email)},
	{"last_sign_in_at", "timestamptz", MODEL_TIME, 0, AT(last_sign_in_at)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
};

static const struct model_key keys[] = {
	{"identities_pkey", "(id)", {{0x1, 0x0}}},
	{"identities_provider_provider_id_key", "(provider, provider_id)", {{0xc, 0x0}}},
};

static const struct model_relation relations[] = {
	{"user", &auth_identity_table, &auth_user_table, 1, {AUTH_IDENTITY_USER_ID},
		{AUTH_USER_ID}},
};

const struct model_table auth_identity_table = {
	.schema = "auth",
	.name = "identities",
	.label = "identity",
	.class = MODEL_SHARED,
	.size = sizeof(struct auth_identity),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {AUTH_IDENTITY_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

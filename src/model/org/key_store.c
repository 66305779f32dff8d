#include "model/org/key_store.h"

#include "model/auth/user.h"
#include "model/org/organization.h"

#define AT(member) offsetof(struct org_key_store, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"user_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT, AT(user_id)},
	{"provider", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(provider)},
	{"api_key", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_HIDDEN, AT(api_key)},
	{"verified", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT, AT(verified)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"organization_id", "uuid", MODEL_UUID, 0, AT(organization_id)},
	{"seen_by", "uuid[]", MODEL_ARRAY, MODEL_GENERATED | MODEL_HIDDEN, AT(seen_by)},
};

static const struct model_key keys[] = {
	{"key_store_pkey", "(id)", {{0x1, 0x0}}},
};

static const struct model_relation relations[] = {
	{"user", &org_key_store_table, &auth_user_table, 1, {ORG_KEY_STORE_USER_ID},
		{AUTH_USER_ID}},
	{"organization", &org_key_store_table, &org_organization_table, 1,
		{ORG_KEY_STORE_ORGANIZATION_ID}, {ORG_ORGANIZATION_ID}},
};

const struct model_table org_key_store_table = {
	.schema = "org",
	.name = "key_store",
	.label = "key store",
	.class = MODEL_SHARED,
	.size = sizeof(struct org_key_store),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {ORG_KEY_STORE_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

#include "model/org/user_preference.h"

#include "model/auth/user.h"
#include "model/org/organization.h"

#define AT(member) offsetof(struct org_user_preference, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"user_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT, AT(user_id)},
	{"preference_key", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(preference_key)},
	{"preference_value", "jsonb", MODEL_JSON, 0, AT(preference_value)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"organization_id", "uuid", MODEL_UUID, 0, AT(organization_id)},
	{"seen_by", "uuid[]", MODEL_ARRAY, MODEL_GENERATED, AT(seen_by)},
};

static const struct model_key keys[] = {
	{"user_preferences_pkey", "(id)", {{0x1, 0x0}}},
	{"user_preferences_user_id_preference_key_key", "(user_id, preference_key)", {{0x6, 0x0}}},
};

static const struct model_relation relations[] = {
	{"user", &org_user_preference_table, &auth_user_table, 1, {ORG_USER_PREFERENCE_USER_ID},
		{AUTH_USER_ID}},
	{"organization", &org_user_preference_table, &org_organization_table, 1,
		{ORG_USER_PREFERENCE_ORGANIZATION_ID}, {ORG_ORGANIZATION_ID}},
};

const struct model_table org_user_preference_table = {
	.schema = "org",
	.name = "user_preferences",
	.label = "user preference",
	.class = MODEL_SHARED,
	.size = sizeof(struct org_user_preference),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {ORG_USER_PREFERENCE_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

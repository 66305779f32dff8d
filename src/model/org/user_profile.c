#include "model/org/user_profile.h"

#include "model/auth/user.h"
#include "model/org/organization.h"

#define AT(member) offsetof(struct org_user_profile, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"organization_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(organization_id)},
	{"role", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(role)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"user_id", "uuid", MODEL_UUID, 0, AT(user_id)},
	{"seen_by", "uuid[]", MODEL_ARRAY, MODEL_GENERATED, AT(seen_by)},
};

static const struct model_key keys[] = {
	{"user_profile_pkey", "(id)", {{0x1, 0x0}}},
	{"user_profile_user_id_key", "(user_id)", {{0x20, 0x0}}},
};

static const struct model_relation relations[] = {
	{"organization", &org_user_profile_table, &org_organization_table, 1,
		{ORG_USER_PROFILE_ORGANIZATION_ID}, {ORG_ORGANIZATION_ID}},
	{"user", &org_user_profile_table, &auth_user_table, 1, {ORG_USER_PROFILE_USER_ID},
		{AUTH_USER_ID}},
};

const struct model_table org_user_profile_table = {
	.schema = "org",
	.name = "user_profile",
	.label = "user profile",
	.class = MODEL_SHARED,
	.size = sizeof(struct org_user_profile),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {ORG_USER_PROFILE_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

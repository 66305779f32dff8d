#include "model/crm/profile.h"

#include "model/auth/user.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct crm_profile, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_PRIMARY, AT(id)},
	{"email", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(email)},
	{"full_name", "text", MODEL_TEXT, 0, AT(full_name)},
	{"role", "crm.user_role", MODEL_ENUM, MODEL_NOT_NULL | MODEL_DEFAULT, AT(role)},
	{"avatar_url", "text", MODEL_TEXT, 0, AT(avatar_url)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"workspace_id", "uuid", MODEL_UUID, 0, AT(workspace_id)},
};

static const struct model_key keys[] = {
	{"profiles_pkey", "(id)", {{0x1, 0x0}}},
	{"profiles_email_key", "(email)", {{0x2, 0x0}}},
};

static const struct model_relation relations[] = {
	{"user", &crm_profile_table, &auth_user_table, 1, {CRM_PROFILE_ID}, {AUTH_USER_ID}},
	{"workspace", &crm_profile_table, &mls_workspace_table, 1, {CRM_PROFILE_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
};

const struct model_table crm_profile_table = {
	.schema = "crm",
	.name = "profiles",
	.label = "profile",
	.class = MODEL_SHARED,
	.size = sizeof(struct crm_profile),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {CRM_PROFILE_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

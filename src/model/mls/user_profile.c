#include "model/mls/user_profile.h"

#include "model/auth/user.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_user_profile, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(workspace_id)},
	{"role", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(role)},
	{"full_name", "text", MODEL_TEXT, 0, AT(full_name)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
};

static const struct model_key keys[] = {
	{"user_profiles_pkey", "(id)", {{0x1, 0x0}}},
};

static const struct model_relation relations[] = {
	{"user", &mls_user_profile_table, &auth_user_table, 1, {MLS_USER_PROFILE_ID},
		{AUTH_USER_ID}},
	{"workspace", &mls_user_profile_table, &mls_workspace_table, 1,
		{MLS_USER_PROFILE_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
};

const struct model_table mls_user_profile_table = {
	.schema = "mls",
	.name = "user_profiles",
	.label = "user profile",
	.class = MODEL_SHARED,
	.size = sizeof(struct mls_user_profile),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_USER_PROFILE_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

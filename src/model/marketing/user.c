#include "model/marketing/user.h"

#include "model/auth/user.h"
#include "model/marketing/agent.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct marketing_user, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_PRIMARY, AT(id)},
	{"email", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(email)},
	{"password_hash", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_HIDDEN, AT(password_hash)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"last_login_at", "timestamptz", MODEL_TIME, 0, AT(last_login_at)},
	{"is_active", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT, AT(is_active)},
	{"agent_id", "uuid", MODEL_UUID, 0, AT(agent_id)},
};

static const struct model_key keys[] = {
	{"users_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
	{"users_agent_id_key", "(workspace_id, agent_id)", {{0x81, 0x0}}},
	{"users_email_key", "(workspace_id, email)", {{0x5, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &marketing_user_table, &mls_workspace_table, 1, {MARKETING_USER_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
	{"agent", &marketing_user_table, &marketing_agent_table, 2,
		{MARKETING_USER_WORKSPACE_ID, MARKETING_USER_AGENT_ID},
		{MARKETING_AGENT_WORKSPACE_ID, MARKETING_AGENT_ID}},
	{"user", &marketing_user_table, &auth_user_table, 1, {MARKETING_USER_ID}, {AUTH_USER_ID}},
};

const struct model_table marketing_user_table = {
	.schema = "marketing",
	.name = "users",
	.label = "user",
	.class = MODEL_TENANT,
	.size = sizeof(struct marketing_user),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MARKETING_USER_WORKSPACE_ID, MARKETING_USER_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

#include "model/ops/realtor.h"

#include "model/auth/user.h"
#include "model/marketing/agent.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct ops_realtor, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"realtor_id", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(realtor_id)},
	{"user_id", "uuid", MODEL_UUID, 0, AT(user_id)},
	{"email", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(email)},
	{"name", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(name)},
	{"phone", "text", MODEL_TEXT, 0, AT(phone)},
	{"license_number", "text", MODEL_TEXT, 0, AT(license_number)},
	{"brokerage", "text", MODEL_TEXT, 0, AT(brokerage)},
	{"slack_user_id", "text", MODEL_TEXT, 0, AT(slack_user_id)},
	{"territories", "text[]", MODEL_ARRAY, 0, AT(territories)},
	{"status", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(status)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"deleted_at", "timestamptz", MODEL_TIME, 0, AT(deleted_at)},
	{"deleted_by", "text", MODEL_TEXT, 0, AT(deleted_by)},
	{"metadata", "jsonb", MODEL_JSON, MODEL_DEFAULT, AT(metadata)},
	{"agent_id", "uuid", MODEL_UUID, 0, AT(agent_id)},
};

static const struct model_key keys[] = {
	{"realtors_pkey", "(workspace_id, realtor_id)", {{0x3, 0x0}}},
	{"realtors_email_key", "(workspace_id, email)", {{0x9, 0x0}}},
	{"realtors_license_number_key", "(workspace_id, license_number)", {{0x41, 0x0}}},
	{"realtors_slack_user_id_key", "(workspace_id, slack_user_id)", {{0x101, 0x0}}},
	{"realtors_user_id_key", "(workspace_id, user_id)", {{0x5, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &ops_realtor_table, &mls_workspace_table, 1, {OPS_REALTOR_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
	{"agent", &ops_realtor_table, &marketing_agent_table, 2,
		{OPS_REALTOR_WORKSPACE_ID, OPS_REALTOR_AGENT_ID},
		{MARKETING_AGENT_WORKSPACE_ID, MARKETING_AGENT_ID}},
	{"user", &ops_realtor_table, &auth_user_table, 1, {OPS_REALTOR_USER_ID}, {AUTH_USER_ID}},
};

const struct model_table ops_realtor_table = {
	.schema = "ops",
	.name = "realtors",
	.label = "realtor",
	.class = MODEL_TENANT,
	.size = sizeof(struct ops_realtor),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {OPS_REALTOR_WORKSPACE_ID, OPS_REALTOR_REALTOR_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

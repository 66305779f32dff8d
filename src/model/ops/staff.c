#include "model/ops/staff.h"

#include "model/auth/user.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct ops_staff, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"staff_id", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(staff_id)},
	{"user_id", "uuid", MODEL_UUID, 0, AT(user_id)},
	{"email", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(email)},
	{"name", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(name)},
	{"role", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(role)},
	{"slack_user_id", "text", MODEL_TEXT, 0, AT(slack_user_id)},
	{"phone", "text", MODEL_TEXT, 0, AT(phone)},
	{"status", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(status)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"deleted_at", "timestamptz", MODEL_TIME, 0, AT(deleted_at)},
	{"deleted_by", "text", MODEL_TEXT, 0, AT(deleted_by)},
	{"metadata", "jsonb", MODEL_JSON, MODEL_DEFAULT, AT(metadata)},
};

static const struct model_key keys[] = {
	{"staff_pkey", "(workspace_id, staff_id)", {{0x3, 0x0}}},
	{"staff_email_key", "(workspace_id, email)", {{0x9, 0x0}}},
	{"staff_slack_user_id_key", "(workspace_id, slack_user_id)", {{0x41, 0x0}}},
	{"staff_user_id_key", "(workspace_id, user_id)", {{0x5, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &ops_staff_table, &mls_workspace_table, 1, {OPS_STAFF_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
	{"user", &ops_staff_table, &auth_user_table, 1, {OPS_STAFF_USER_ID}, {AUTH_USER_ID}},
};

const struct model_table ops_staff_table = {
	.schema = "ops",
	.name = "staff",
	.label = "staff",
	.class = MODEL_TENANT,
	.size = sizeof(struct ops_staff),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {OPS_STAFF_WORKSPACE_ID, OPS_STAFF_STAFF_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

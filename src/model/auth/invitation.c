#include "model/auth/invitation.h"

#include "model/auth/user.h"
#include "model/mls/workspace.h"
#include "model/org/organization.h"

#define AT(member) offsetof(struct auth_invitation, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"email", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(email)},
	{"full_name", "text", MODEL_TEXT, 0, AT(full_name)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(workspace_id)},
	{"mls_role", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(mls_role)},
	{"organization_id", "uuid", MODEL_UUID, 0, AT(organization_id)},
	{"org_role", "text", MODEL_TEXT, 0, AT(org_role)},
	{"crm_role", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(crm_role)},
	{"ops_role", "text", MODEL_TEXT, 0, AT(ops_role)},
	{"is_realtor", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT, AT(is_realtor)},
	{"is_marketing_agent", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT,
		AT(is_marketing_agent)},
	{"marketing_agent_id", "uuid", MODEL_UUID, 0, AT(marketing_agent_id)},
	{"invited_by", "uuid", MODEL_UUID, 0, AT(invited_by)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"expires_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(expires_at)},
	{"accepted_at", "timestamptz", MODEL_TIME, 0, AT(accepted_at)},
	{"accepted_by", "uuid", MODEL_UUID, 0, AT(accepted_by)},
	{"revoked_at", "timestamptz", MODEL_TIME, 0, AT(revoked_at)},
};

static const struct model_key keys[] = {
	{"invitations_pkey", "(id)", {{0x1, 0x0}}},
	{"invitations_one_open",
		"(workspace_id, email) where accepted_at IS NULL AND revoked_at IS NULL",
		{{0xa, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &auth_invitation_table, &mls_workspace_table, 1,
		{AUTH_INVITATION_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"organization", &auth_invitation_table, &org_organization_table, 1,
		{AUTH_INVITATION_ORGANIZATION_ID}, {ORG_ORGANIZATION_ID}},
	{"invited_by", &auth_invitation_table, &auth_user_table, 1, {AUTH_INVITATION_INVITED_BY},
		{AUTH_USER_ID}},
	{"accepted_by", &auth_invitation_table, &auth_user_table, 1, {AUTH_INVITATION_ACCEPTED_BY},
		{AUTH_USER_ID}},
};

const struct model_table auth_invitation_table = {
	.schema = "auth",
	.name = "invitations",
	.label = "invitation",
	.class = MODEL_SHARED,
	.size = sizeof(struct auth_invitation),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {AUTH_INVITATION_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

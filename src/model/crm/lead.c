#include "model/crm/lead.h"

#include "model/auth/user.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct crm_lead, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"user_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT, AT(user_id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"name", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(name)},
	{"phone", "text", MODEL_TEXT, 0, AT(phone)},
	{"email", "text", MODEL_TEXT, 0, AT(email)},
	{"company", "text", MODEL_TEXT, 0, AT(company)},
	{"status", "crm.lead_status", MODEL_ENUM, MODEL_NOT_NULL | MODEL_DEFAULT, AT(status)},
	{"score", "integer", MODEL_INT, 0, AT(score)},
	{"tags", "text[]", MODEL_ARRAY, MODEL_NOT_NULL | MODEL_DEFAULT, AT(tags)},
	{"opt_status", "crm.opt_status", MODEL_ENUM, MODEL_DEFAULT, AT(opt_status)},
	{"is_deleted", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT, AT(is_deleted)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
};

static const struct model_key keys[] = {
	{"leads_pkey", "(workspace_id, id)", {{0x5, 0x0}}},
	{"idx_leads_email_unique",
		"(workspace_id, lower(email)) where email IS NOT NULL AND is_deleted = false",
		{{0x4, 0x0}}},
	{"idx_leads_phone_unique",
		"(workspace_id, phone) where phone IS NOT NULL AND is_deleted = false",
		{{0x14, 0x0}}},
};

static const struct model_relation relations[] = {
	{"user", &crm_lead_table, &auth_user_table, 1, {CRM_LEAD_USER_ID}, {AUTH_USER_ID}},
	{"workspace", &crm_lead_table, &mls_workspace_table, 1, {CRM_LEAD_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
};

const struct model_table crm_lead_table = {
	.schema = "crm",
	.name = "leads",
	.label = "lead",
	.class = MODEL_TENANT,
	.size = sizeof(struct crm_lead),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {CRM_LEAD_WORKSPACE_ID, CRM_LEAD_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

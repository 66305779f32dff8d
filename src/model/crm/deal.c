#include "model/crm/deal.h"

#include "model/auth/user.h"
#include "model/crm/lead.h"
#include "model/crm/re_property.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct crm_deal, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"user_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT, AT(user_id)},
	{"lead_id", "uuid", MODEL_UUID, 0, AT(lead_id)},
	{"property_id", "uuid", MODEL_UUID, 0, AT(property_id)},
	{"status", "crm.deal_status", MODEL_ENUM, MODEL_NOT_NULL | MODEL_DEFAULT, AT(status)},
	{"stage", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(stage)},
	{"title", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(title)},
	{"estimated_value", "numeric(12,2)", MODEL_NUMERIC, 0, AT(estimated_value)},
	{"probability", "integer", MODEL_INT, 0, AT(probability)},
	{"expected_close_date", "date", MODEL_DATE, 0, AT(expected_close_date)},
	{"next_action", "text", MODEL_TEXT, 0, AT(next_action)},
	{"next_action_due", "timestamptz", MODEL_TIME, 0, AT(next_action_due)},
	{"notes", "text", MODEL_TEXT, 0, AT(notes)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
};

static const struct model_key keys[] = {
	{"deals_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
	{"idx_deals_property_active_unique",
		"(workspace_id, property_id) where status = 'active'::crm.deal_status AND property_id IS NOT NULL",
		{{0x12, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &crm_deal_table, &mls_workspace_table, 1, {CRM_DEAL_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
	{"lead", &crm_deal_table, &crm_lead_table, 2, {CRM_DEAL_WORKSPACE_ID, CRM_DEAL_LEAD_ID},
		{CRM_LEAD_WORKSPACE_ID, CRM_LEAD_ID}},
	{"property", &crm_deal_table, &crm_re_property_table, 2,
		{CRM_DEAL_WORKSPACE_ID, CRM_DEAL_PROPERTY_ID},
		{CRM_RE_PROPERTY_WORKSPACE_ID, CRM_RE_PROPERTY_ID}},
	{"user", &crm_deal_table, &auth_user_table, 1, {CRM_DEAL_USER_ID}, {AUTH_USER_ID}},
};

const struct model_table crm_deal_table = {
	.schema = "crm",
	.name = "deals",
	.label = "deal",
	.class = MODEL_TENANT,
	.size = sizeof(struct crm_deal),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {CRM_DEAL_WORKSPACE_ID, CRM_DEAL_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

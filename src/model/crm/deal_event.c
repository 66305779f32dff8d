#include "model/crm/deal_event.h"

#include "model/auth/user.h"
#include "model/crm/deal.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct crm_deal_event, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"deal_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(deal_id)},
	{"event_type", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(event_type)},
	{"description", "text", MODEL_TEXT, 0, AT(description)},
	{"metadata", "jsonb", MODEL_JSON, MODEL_NOT_NULL | MODEL_DEFAULT, AT(metadata)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"created_by", "uuid", MODEL_UUID, MODEL_DEFAULT, AT(created_by)},
};

static const struct model_key keys[] = {
	{"deal_events_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &crm_deal_event_table, &mls_workspace_table, 1, {CRM_DEAL_EVENT_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
	{"deal", &crm_deal_event_table, &crm_deal_table, 2,
		{CRM_DEAL_EVENT_WORKSPACE_ID, CRM_DEAL_EVENT_DEAL_ID},
		{CRM_DEAL_WORKSPACE_ID, CRM_DEAL_ID}},
	{"created_by", &crm_deal_event_table, &auth_user_table, 1, {CRM_DEAL_EVENT_CREATED_BY},
		{AUTH_USER_ID}},
};

const struct model_table crm_deal_event_table = {
	.schema = "crm",
	.name = "deal_events",
	.label = "deal event",
	.class = MODEL_TENANT,
	.size = sizeof(struct crm_deal_event),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {CRM_DEAL_EVENT_WORKSPACE_ID, CRM_DEAL_EVENT_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

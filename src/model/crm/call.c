#include "model/crm/call.h"

#include "model/auth/user.h"
#include "model/crm/contact.h"
#include "model/crm/lead.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct crm_call, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"user_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT, AT(user_id)},
	{"lead_id", "uuid", MODEL_UUID, 0, AT(lead_id)},
	{"contact_id", "uuid", MODEL_UUID, 0, AT(contact_id)},
	{"direction", "crm.message_direction", MODEL_ENUM, MODEL_NOT_NULL, AT(direction)},
	{"status", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(status)},
	{"from_number", "text", MODEL_TEXT, 0, AT(from_number)},
	{"to_number", "text", MODEL_TEXT, 0, AT(to_number)},
	{"started_at", "timestamptz", MODEL_TIME, 0, AT(started_at)},
	{"ended_at", "timestamptz", MODEL_TIME, 0, AT(ended_at)},
	{"duration_seconds", "integer", MODEL_INT, 0, AT(duration_seconds)},
	{"recording_url", "text", MODEL_TEXT, 0, AT(recording_url)},
	{"outcome", "text", MODEL_TEXT, 0, AT(outcome)},
	{"notes", "text", MODEL_TEXT, 0, AT(notes)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
};

static const struct model_key keys[] = {
	{"calls_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &crm_call_table, &mls_workspace_table, 1, {CRM_CALL_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
	{"lead", &crm_call_table, &crm_lead_table, 2, {CRM_CALL_WORKSPACE_ID, CRM_CALL_LEAD_ID},
		{CRM_LEAD_WORKSPACE_ID, CRM_LEAD_ID}},
	{"contact", &crm_call_table, &crm_contact_table, 2,
		{CRM_CALL_WORKSPACE_ID, CRM_CALL_CONTACT_ID},
		{CRM_CONTACT_WORKSPACE_ID, CRM_CONTACT_ID}},
	{"user", &crm_call_table, &auth_user_table, 1, {CRM_CALL_USER_ID}, {AUTH_USER_ID}},
};

const struct model_table crm_call_table = {
	.schema = "crm",
	.name = "calls",
	.label = "call",
	.class = MODEL_TENANT,
	.size = sizeof(struct crm_call),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {CRM_CALL_WORKSPACE_ID, CRM_CALL_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

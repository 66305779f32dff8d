#include "model/crm/message.h"

#include "model/auth/user.h"
#include "model/crm/contact.h"
#include "model/crm/lead.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct crm_message, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"user_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT, AT(user_id)},
	{"lead_id", "uuid", MODEL_UUID, 0, AT(lead_id)},
	{"contact_id", "uuid", MODEL_UUID, 0, AT(contact_id)},
	{"channel", "crm.message_channel", MODEL_ENUM, MODEL_NOT_NULL, AT(channel)},
	{"direction", "crm.message_direction", MODEL_ENUM, MODEL_NOT_NULL, AT(direction)},
	{"status", "crm.message_status", MODEL_ENUM, MODEL_NOT_NULL | MODEL_DEFAULT, AT(status)},
	{"subject", "text", MODEL_TEXT, 0, AT(subject)},
	{"body", "text", MODEL_TEXT, 0, AT(body)},
	{"from_address", "text", MODEL_TEXT, 0, AT(from_address)},
	{"to_address", "text", MODEL_TEXT, 0, AT(to_address)},
	{"provider_message_id", "text", MODEL_TEXT, 0, AT(provider_message_id)},
	{"error_message", "text", MODEL_TEXT, 0, AT(error_message)},
	{"sent_at", "timestamptz", MODEL_TIME, 0, AT(sent_at)},
	{"delivered_at", "timestamptz", MODEL_TIME, 0, AT(delivered_at)},
	{"read_at", "timestamptz", MODEL_TIME, 0, AT(read_at)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
};

static const struct model_key keys[] = {
	{"messages_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &crm_message_table, &mls_workspace_table, 1, {CRM_MESSAGE_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
	{"lead", &crm_message_table, &crm_lead_table, 2,
		{CRM_MESSAGE_WORKSPACE_ID, CRM_MESSAGE_LEAD_ID},
		{CRM_LEAD_WORKSPACE_ID, CRM_LEAD_ID}},
	{"contact", &crm_message_table, &crm_contact_table, 2,
		{CRM_MESSAGE_WORKSPACE_ID, CRM_MESSAGE_CONTACT_ID},
		{CRM_CONTACT_WORKSPACE_ID, CRM_CONTACT_ID}},
	{"user", &crm_message_table, &auth_user_table, 1, {CRM_MESSAGE_USER_ID}, {AUTH_USER_ID}},
};

const struct model_table crm_message_table = {
	.schema = "crm",
	.name = "messages",
	.label = "message",
	.class = MODEL_TENANT,
	.size = sizeof(struct crm_message),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {CRM_MESSAGE_WORKSPACE_ID, CRM_MESSAGE_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

#include "model/crm/contact.h"

#include "model/auth/user.h"
#include "model/crm/lead.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct crm_contact, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"user_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT, AT(user_id)},
	{"lead_id", "uuid", MODEL_UUID, 0, AT(lead_id)},
	{"name", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(name)},
	{"email", "text", MODEL_TEXT, 0, AT(email)},
	{"phone", "text", MODEL_TEXT, 0, AT(phone)},
	{"company", "text", MODEL_TEXT, 0, AT(company)},
	{"role", "text", MODEL_TEXT, 0, AT(role)},
	{"notes", "text", MODEL_TEXT, 0, AT(notes)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
};

static const struct model_key keys[] = {
	{"contacts_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &crm_contact_table, &mls_workspace_table, 1, {CRM_CONTACT_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
	{"lead", &crm_contact_table, &crm_lead_table, 2,
		{CRM_CONTACT_WORKSPACE_ID, CRM_CONTACT_LEAD_ID},
		{CRM_LEAD_WORKSPACE_ID, CRM_LEAD_ID}},
	{"user", &crm_contact_table, &auth_user_table, 1, {CRM_CONTACT_USER_ID}, {AUTH_USER_ID}},
};

const struct model_table crm_contact_table = {
	.schema = "crm",
	.name = "contacts",
	.label = "contact",
	.class = MODEL_TENANT,
	.size = sizeof(struct crm_contact),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {CRM_CONTACT_WORKSPACE_ID, CRM_CONTACT_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

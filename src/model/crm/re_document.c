#include "model/crm/re_document.h"

#include "model/auth/user.h"
#include "model/crm/deal.h"
#include "model/crm/re_property.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct crm_re_document, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"user_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT, AT(user_id)},
	{"property_id", "uuid", MODEL_UUID, 0, AT(property_id)},
	{"deal_id", "uuid", MODEL_UUID, 0, AT(deal_id)},
	{"title", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(title)},
	{"type", "crm.document_type", MODEL_ENUM, MODEL_NOT_NULL, AT(type)},
	{"file_url", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(file_url)},
	{"file_size", "integer", MODEL_INT, 0, AT(file_size)},
	{"content_type", "varchar(100)", MODEL_TEXT, 0, AT(content_type)},
	{"uploaded_by", "uuid", MODEL_UUID, MODEL_DEFAULT, AT(uploaded_by)},
	{"metadata", "jsonb", MODEL_JSON, MODEL_NOT_NULL | MODEL_DEFAULT, AT(metadata)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
};

static const struct model_key keys[] = {
	{"re_documents_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &crm_re_document_table, &mls_workspace_table, 1,
		{CRM_RE_DOCUMENT_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"property", &crm_re_document_table, &crm_re_property_table, 2,
		{CRM_RE_DOCUMENT_WORKSPACE_ID, CRM_RE_DOCUMENT_PROPERTY_ID},
		{CRM_RE_PROPERTY_WORKSPACE_ID, CRM_RE_PROPERTY_ID}},
	{"deal", &crm_re_document_table, &crm_deal_table, 2,
		{CRM_RE_DOCUMENT_WORKSPACE_ID, CRM_RE_DOCUMENT_DEAL_ID},
		{CRM_DEAL_WORKSPACE_ID, CRM_DEAL_ID}},
	{"user", &crm_re_document_table, &auth_user_table, 1, {CRM_RE_DOCUMENT_USER_ID},
		{AUTH_USER_ID}},
	{"uploaded_by", &crm_re_document_table, &auth_user_table, 1, {CRM_RE_DOCUMENT_UPLOADED_BY},
		{AUTH_USER_ID}},
};

const struct model_table crm_re_document_table = {
	.schema = "crm",
	.name = "re_documents",
	.label = "re document",
	.class = MODEL_TENANT,
	.size = sizeof(struct crm_re_document),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {CRM_RE_DOCUMENT_WORKSPACE_ID, CRM_RE_DOCUMENT_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

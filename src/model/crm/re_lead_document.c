#include "model/crm/re_lead_document.h"

#include "model/crm/lead.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct crm_re_lead_document, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"lead_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(lead_id)},
	{"title", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(title)},
	{"type", "crm.lead_document_type", MODEL_ENUM, MODEL_NOT_NULL, AT(type)},
	{"file_url", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(file_url)},
	{"file_size", "integer", MODEL_INT, 0, AT(file_size)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"content_type", "varchar(100)", MODEL_TEXT, 0, AT(content_type)},
};

static const struct model_key keys[] = {
	{"re_lead_documents_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &crm_re_lead_document_table, &mls_workspace_table, 1,
		{CRM_RE_LEAD_DOCUMENT_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"lead", &crm_re_lead_document_table, &crm_lead_table, 2,
		{CRM_RE_LEAD_DOCUMENT_WORKSPACE_ID, CRM_RE_LEAD_DOCUMENT_LEAD_ID},
		{CRM_LEAD_WORKSPACE_ID, CRM_LEAD_ID}},
};

const struct model_table crm_re_lead_document_table = {
	.schema = "crm",
	.name = "re_lead_documents",
	.label = "re lead document",
	.class = MODEL_TENANT,
	.size = sizeof(struct crm_re_lead_document),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {CRM_RE_LEAD_DOCUMENT_WORKSPACE_ID, CRM_RE_LEAD_DOCUMENT_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

#include "model/crm/re_property_document.h"

#include "model/crm/re_document.h"
#include "model/crm/re_property.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct crm_re_property_document, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"property_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_PRIMARY, AT(property_id)},
	{"document_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_PRIMARY, AT(document_id)},
	{"is_primary", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT, AT(is_primary)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
};

static const struct model_key keys[] = {
	{"re_property_documents_pkey", "(workspace_id, property_id, document_id)", {{0x7, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &crm_re_property_document_table, &mls_workspace_table, 1,
		{CRM_RE_PROPERTY_DOCUMENT_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"property", &crm_re_property_document_table, &crm_re_property_table, 2,
		{CRM_RE_PROPERTY_DOCUMENT_WORKSPACE_ID, CRM_RE_PROPERTY_DOCUMENT_PROPERTY_ID},
		{CRM_RE_PROPERTY_WORKSPACE_ID, CRM_RE_PROPERTY_ID}},
	{"document", &crm_re_property_document_table, &crm_re_document_table, 2,
		{CRM_RE_PROPERTY_DOCUMENT_WORKSPACE_ID, CRM_RE_PROPERTY_DOCUMENT_DOCUMENT_ID},
		{CRM_RE_DOCUMENT_WORKSPACE_ID, CRM_RE_DOCUMENT_ID}},
};

const struct model_table crm_re_property_document_table = {
	.schema = "crm",
	.name = "re_property_documents",
	.label = "re property document",
	.class = MODEL_TENANT,
	.size = sizeof(struct crm_re_property_document),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {CRM_RE_PROPERTY_DOCUMENT_WORKSPACE_ID, CRM_RE_PROPERTY_DOCUMENT_PROPERTY_ID,
		CRM_RE_PROPERTY_DOCUMENT_DOCUMENT_ID},
	.primary_n = 3,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

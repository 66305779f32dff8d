#include "model/org/module.h"

#include "model/org/organization.h"

#define AT(member) offsetof(struct org_module, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"organization_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(organization_id)},
	{"module_name", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(module_name)},
	{"description", "text", MODEL_TEXT, 0, AT(description)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
};

static const struct model_key keys[] = {
	{"org_modules_pkey", "(id)", {{0x1, 0x0}}},
	{"org_modules_organization_id_module_name_key", "(organization_id, module_name)",
		{{0x6, 0x0}}},
};

static const struct model_relation relations[] = {
	{"organization", &org_module_table, &org_organization_table, 1,
		{ORG_MODULE_ORGANIZATION_ID}, {ORG_ORGANIZATION_ID}},
};

const struct model_table org_module_table = {
	.schema = "org",
	.name = "org_modules",
	.label = "module",
	.class = MODEL_SHARED,
	.size = sizeof(struct org_module),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {ORG_MODULE_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

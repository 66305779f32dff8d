#include "model/org/license_module.h"

#include "model/org/license.h"
#include "model/org/module.h"

#define AT(member) offsetof(struct org_license_module, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"license_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(license_id)},
	{"module_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(module_id)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
};

static const struct model_key keys[] = {
	{"license_modules_pkey", "(id)", {{0x1, 0x0}}},
	{"license_modules_license_id_module_id_key", "(license_id, module_id)", {{0x6, 0x0}}},
};

static const struct model_relation relations[] = {
	{"license", &org_license_module_table, &org_license_table, 1,
		{ORG_LICENSE_MODULE_LICENSE_ID}, {ORG_LICENSE_ID}},
	{"module", &org_license_module_table, &org_module_table, 1, {ORG_LICENSE_MODULE_MODULE_ID},
		{ORG_MODULE_ID}},
};

const struct model_table org_license_module_table = {
	.schema = "org",
	.name = "license_modules",
	.label = "license module",
	.class = MODEL_SHARED,
	.size = sizeof(struct org_license_module),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {ORG_LICENSE_MODULE_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

#include "model/org/license.h"

#include "model/org/organization.h"

#define AT(member) offsetof(struct org_license, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"organization_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(organization_id)},
	{"license_key", "uuid", MODEL_UUID, MODEL_DEFAULT, AT(license_key)},
	{"expiration_date", "timestamptz", MODEL_TIME, 0, AT(expiration_date)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
};

static const struct model_key keys[] = {
	{"licenses_pkey", "(id)", {{0x1, 0x0}}},
	{"licenses_license_key_key", "(license_key)", {{0x4, 0x0}}},
};

static const struct model_relation relations[] = {
	{"organization", &org_license_table, &org_organization_table, 1,
		{ORG_LICENSE_ORGANIZATION_ID}, {ORG_ORGANIZATION_ID}},
};

const struct model_table org_license_table = {
	.schema = "org",
	.name = "licenses",
	.label = "license",
	.class = MODEL_SHARED,
	.size = sizeof(struct org_license),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {ORG_LICENSE_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

#include "model/org/organization.h"

#define AT(member) offsetof(struct org_organization, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"name", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(name)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
};

static const struct model_key keys[] = {
	{"organizations_pkey", "(id)", {{0x1, 0x0}}},
};

const struct model_table org_organization_table = {
	.schema = "org",
	.name = "organizations",
	.label = "organization",
	.class = MODEL_SHARED,
	.size = sizeof(struct org_organization),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {ORG_ORGANIZATION_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
};

#include "model/org/customer_organization.h"

#include "model/org/customer.h"
#include "model/org/organization.h"

#define AT(member) offsetof(struct org_customer_organization, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"customer_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(customer_id)},
	{"organization_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(organization_id)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
};

static const struct model_key keys[] = {
	{"customer_organization_pkey", "(id)", {{0x1, 0x0}}},
	{"customer_organization_customer_id_organization_id_key", "(customer_id, organization_id)",
		{{0x6, 0x0}}},
};

static const struct model_relation relations[] = {
	{"customer", &org_customer_organization_table, &org_customer_table, 1,
		{ORG_CUSTOMER_ORGANIZATION_CUSTOMER_ID}, {ORG_CUSTOMER_ID}},
	{"organization", &org_customer_organization_table, &org_organization_table, 1,
		{ORG_CUSTOMER_ORGANIZATION_ORGANIZATION_ID}, {ORG_ORGANIZATION_ID}},
};

const struct model_table org_customer_organization_table = {
	.schema = "org",
	.name = "customer_organization",
	.label = "customer organization",
	.class = MODEL_SHARED,
	.size = sizeof(struct org_customer_organization),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {ORG_CUSTOMER_ORGANIZATION_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

#include "model/org/customer_phone.h"

#include "model/org/customer.h"

#define AT(member) offsetof(struct org_customer_phone, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"customer_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(customer_id)},
	{"phone", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(phone)},
	{"type", "text", MODEL_TEXT, 0, AT(type)},
	{"is_primary", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT, AT(is_primary)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
};

static const struct model_key keys[] = {
	{"customer_phone_pkey", "(id)", {{0x1, 0x0}}},
	{"customer_phone_one_primary", "(customer_id) where is_primary", {{0x2, 0x0}}},
};

static const struct model_relation relations[] = {
	{"customer", &org_customer_phone_table, &org_customer_table, 1,
		{ORG_CUSTOMER_PHONE_CUSTOMER_ID}, {ORG_CUSTOMER_ID}},
};

const struct model_table org_customer_phone_table = {
	.schema = "org",
	.name = "customer_phone",
	.label = "customer phone",
	.class = MODEL_SHARED,
	.size = sizeof(struct org_customer_phone),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {ORG_CUSTOMER_PHONE_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

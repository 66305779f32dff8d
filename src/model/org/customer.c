#include "model/org/customer.h"

#define AT(member) offsetof(struct org_customer, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"name", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(name)},
	{"first_name", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(first_name)},
	{"last_name", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(last_name)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"seen_by", "uuid[]", MODEL_ARRAY, MODEL_NOT_NULL | MODEL_DEFAULT, AT(seen_by)},
};

static const struct model_key keys[] = {
	{"customers_pkey", "(id)", {{0x1, 0x0}}},
};

const struct model_table org_customer_table = {
	.schema = "org",
	.name = "customers",
	.label = "customer",
	.class = MODEL_SHARED,
	.size = sizeof(struct org_customer),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {ORG_CUSTOMER_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
};

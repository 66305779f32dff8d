#include "model/mls/stripe_customer.h"

#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_stripe_customer, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(workspace_id)},
	{"stripe_customer_id", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(stripe_customer_id)},
	{"email", "text", MODEL_TEXT, 0, AT(email)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
};

static const struct model_key keys[] = {
	{"stripe_customers_pkey", "(id)", {{0x1, 0x0}}},
	{"stripe_customers_stripe_customer_id_key", "(stripe_customer_id)", {{0x4, 0x0}}},
	{"stripe_customers_workspace_id_key", "(workspace_id)", {{0x2, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_stripe_customer_table, &mls_workspace_table, 1,
		{MLS_STRIPE_CUSTOMER_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
};

const struct model_table mls_stripe_customer_table = {
	.schema = "mls",
	.name = "stripe_customers",
	.label = "stripe customer",
	.class = MODEL_SHARED,
	.size = sizeof(struct mls_stripe_customer),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_STRIPE_CUSTOMER_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

#include "model/org/customer_user.h"

#include "model/org/customer.h"
#include "model/org/organization.h"
#include "model/org/user_profile.h"

#define AT(member) offsetof(struct org_customer_user, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"customer_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(customer_id)},
	{"user_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(user_id)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"organization_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(organization_id)},
	{"login_id", "uuid", MODEL_UUID, 0, AT(login_id)},
	{"seen_by", "uuid[]", MODEL_ARRAY, MODEL_GENERATED, AT(seen_by)},
};

static const struct model_key keys[] = {
	{"customer_user_pkey", "(id)", {{0x1, 0x0}}},
	{"customer_user_customer_id_user_id_key", "(customer_id, user_id)", {{0x6, 0x0}}},
};

static const struct model_relation relations[] = {
	{"customer", &org_customer_user_table, &org_customer_table, 1,
		{ORG_CUSTOMER_USER_CUSTOMER_ID}, {ORG_CUSTOMER_ID}},
	{"user", &org_customer_user_table, &org_user_profile_table, 1, {ORG_CUSTOMER_USER_USER_ID},
		{ORG_USER_PROFILE_ID}},
	{"organization", &org_customer_user_table, &org_organization_table, 1,
		{ORG_CUSTOMER_USER_ORGANIZATION_ID}, {ORG_ORGANIZATION_ID}},
};

const struct model_table org_customer_user_table = {
	.schema = "org",
	.name = "customer_user",
	.label = "customer user",
	.class = MODEL_SHARED,
	.size = sizeof(struct org_customer_user),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {ORG_CUSTOMER_USER_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

#include "model/org/function.h"

#include "model/auth/user.h"
#include "model/org/organization.h"

#define AT(member) offsetof(struct org_function, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"created_by", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_by)},
	{"name", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(name)},
	{"description", "text", MODEL_TEXT, 0, AT(description)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"code", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(code)},
	{"user_id", "uuid", MODEL_UUID, 0, AT(user_id)},
	{"organization_id", "uuid", MODEL_UUID, 0, AT(organization_id)},
	{"seen_by", "uuid[]", MODEL_ARRAY, MODEL_GENERATED, AT(seen_by)},
};

static const struct model_key keys[] = {
	{"functions_pkey", "(id)", {{0x1, 0x0}}},
};

static const struct model_relation relations[] = {
	{"created_by", &org_function_table, &auth_user_table, 1, {ORG_FUNCTION_CREATED_BY},
		{AUTH_USER_ID}},
	{"user", &org_function_table, &auth_user_table, 1, {ORG_FUNCTION_USER_ID}, {AUTH_USER_ID}},
	{"organization", &org_function_table, &org_organization_table, 1,
		{ORG_FUNCTION_ORGANIZATION_ID}, {ORG_ORGANIZATION_ID}},
};

const struct model_table org_function_table = {
	.schema = "org",
	.name = "functions",
	.label = "function",
	.class = MODEL_SHARED,
	.size = sizeof(struct org_function),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {ORG_FUNCTION_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

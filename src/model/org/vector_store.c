#include "model/org/vector_store.h"

#include "model/auth/user.h"
#include "model/org/organization.h"

#define AT(member) offsetof(struct org_vector_store, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"user_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT, AT(user_id)},
	{"source_id", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(source_id)},
	{"embedding", "vector(1536)", MODEL_VECTOR, 0, AT(embedding)},
	{"metadata", "jsonb", MODEL_JSON, 0, AT(metadata)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"organization_id", "uuid", MODEL_UUID, 0, AT(organization_id)},
	{"seen_by", "uuid[]", MODEL_ARRAY, MODEL_GENERATED, AT(seen_by)},
};

static const struct model_key keys[] = {
	{"vector_store_pkey", "(id)", {{0x1, 0x0}}},
};

static const struct model_relation relations[] = {
	{"user", &org_vector_store_table, &auth_user_table, 1, {ORG_VECTOR_STORE_USER_ID},
		{AUTH_USER_ID}},
	{"organization", &org_vector_store_table, &org_organization_table, 1,
		{ORG_VECTOR_STORE_ORGANIZATION_ID}, {ORG_ORGANIZATION_ID}},
};

const struct model_table org_vector_store_table = {
	.schema = "org",
	.name = "vector_store",
	.label = "vector store",
	.class = MODEL_SHARED,
	.size = sizeof(struct org_vector_store),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {ORG_VECTOR_STORE_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

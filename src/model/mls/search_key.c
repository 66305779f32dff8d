#include "model/mls/search_key.h"

#include "model/auth/user.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_search_key, member)

static const struct model_column columns[] = {
	{"id", "bigint", MODEL_INT, MODEL_NOT_NULL | MODEL_GENERATED | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"description", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(description)},
	{"audience", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(audience)},
	{"actions", "text[]", MODEL_ARRAY, MODEL_NOT_NULL | MODEL_DEFAULT, AT(actions)},
	{"collections", "text[]", MODEL_ARRAY, MODEL_NOT_NULL | MODEL_DEFAULT, AT(collections)},
	{"value_prefix", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(value_prefix)},
	{"value_hash", "bytea", MODEL_BYTES, MODEL_NOT_NULL | MODEL_HIDDEN, AT(value_hash)},
	{"value_sealed", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_HIDDEN, AT(value_sealed)},
	{"expires_at", "timestamptz", MODEL_TIME, 0, AT(expires_at)},
	{"revoked_at", "timestamptz", MODEL_TIME, 0, AT(revoked_at)},
	{"last_used_at", "timestamptz", MODEL_TIME, 0, AT(last_used_at)},
	{"created_by", "uuid", MODEL_UUID, MODEL_DEFAULT, AT(created_by)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
};

static const struct model_key keys[] = {
	{"search_keys_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_search_key_table, &mls_workspace_table, 1, {MLS_SEARCH_KEY_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
	{"created_by", &mls_search_key_table, &auth_user_table, 1, {MLS_SEARCH_KEY_CREATED_BY},
		{AUTH_USER_ID}},
};

const struct model_table mls_search_key_table = {
	.schema = "mls",
	.name = "search_keys",
	.label = "search key",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_search_key),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_SEARCH_KEY_WORKSPACE_ID, MLS_SEARCH_KEY_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

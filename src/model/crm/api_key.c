#include "model/crm/api_key.h"

#include "model/auth/user.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct crm_api_key, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"user_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT, AT(user_id)},
	{"service", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(service)},
	{"key_ciphertext", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_HIDDEN, AT(key_ciphertext)},
	{"nonce", "text", MODEL_TEXT, MODEL_HIDDEN, AT(nonce)},
	{"salt", "text", MODEL_TEXT, MODEL_HIDDEN, AT(salt)},
	{"status", "text", MODEL_TEXT, 0, AT(status)},
	{"last_checked", "timestamptz", MODEL_TIME, 0, AT(last_checked)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"workspace_id", "uuid", MODEL_UUID, 0, AT(workspace_id)},
};

static const struct model_key keys[] = {
	{"api_keys_pkey", "(id)", {{0x1, 0x0}}},
	{"idx_api_keys_user_service_unique", "(user_id, service)", {{0x6, 0x0}}},
};

static const struct model_relation relations[] = {
	{"user", &crm_api_key_table, &auth_user_table, 1, {CRM_API_KEY_USER_ID}, {AUTH_USER_ID}},
	{"workspace", &crm_api_key_table, &mls_workspace_table, 1, {CRM_API_KEY_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
};

const struct model_table crm_api_key_table = {
	.schema = "crm",
	.name = "api_keys",
	.label = "api key",
	.class = MODEL_SHARED,
	.size = sizeof(struct crm_api_key),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {CRM_API_KEY_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

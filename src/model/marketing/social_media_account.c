#include "model/marketing/social_media_account.h"

#include "model/marketing/agent.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct marketing_social_media_account, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"agent_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT, AT(agent_id)},
	{"platform", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(platform)},
	{"account_id", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(account_id)},
	{"access_token_encrypted", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_HIDDEN,
		AT(access_token_encrypted)},
	{"token_expires_at", "timestamptz", MODEL_TIME, 0, AT(token_expires_at)},
	{"refresh_token_encrypted", "text", MODEL_TEXT, MODEL_HIDDEN, AT(refresh_token_encrypted)},
	{"is_active", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT, AT(is_active)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
};

static const struct model_key keys[] = {
	{"social_media_accounts_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
	{"social_media_accounts_connected_once", "(workspace_id, agent_id, platform, account_id)",
		{{0x1d, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &marketing_social_media_account_table, &mls_workspace_table, 1,
		{MARKETING_SOCIAL_MEDIA_ACCOUNT_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"agent", &marketing_social_media_account_table, &marketing_agent_table, 2,
		{MARKETING_SOCIAL_MEDIA_ACCOUNT_WORKSPACE_ID,
			MARKETING_SOCIAL_MEDIA_ACCOUNT_AGENT_ID},
		{MARKETING_AGENT_WORKSPACE_ID, MARKETING_AGENT_ID}},
};

const struct model_table marketing_social_media_account_table = {
	.schema = "marketing",
	.name = "social_media_accounts",
	.label = "social media account",
	.class = MODEL_TENANT,
	.size = sizeof(struct marketing_social_media_account),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MARKETING_SOCIAL_MEDIA_ACCOUNT_WORKSPACE_ID, MARKETING_SOCIAL_MEDIA_ACCOUNT_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

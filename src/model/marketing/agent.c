#include "model/marketing/agent.h"

#include "model/mls/workspace.h"

#define AT(member) offsetof(struct marketing_agent, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"name", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(name)},
	{"phone", "text", MODEL_TEXT, 0, AT(phone)},
	{"email", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(email)},
	{"company", "text", MODEL_TEXT, 0, AT(company)},
	{"profile_image_url", "text", MODEL_TEXT, 0, AT(profile_image_url)},
	{"notification_preferences", "jsonb", MODEL_JSON, MODEL_DEFAULT,
		AT(notification_preferences)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
};

static const struct model_key keys[] = {
	{"agents_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
	{"agents_email_key", "(workspace_id, email)", {{0x11, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &marketing_agent_table, &mls_workspace_table, 1,
		{MARKETING_AGENT_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
};

const struct model_table marketing_agent_table = {
	.schema = "marketing",
	.name = "agents",
	.label = "agent",
	.class = MODEL_TENANT,
	.size = sizeof(struct marketing_agent),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MARKETING_AGENT_WORKSPACE_ID, MARKETING_AGENT_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

#include "model/marketing/notification.h"

#include "model/marketing/agent.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct marketing_notification, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"agent_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(agent_id)},
	{"notification_type", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(notification_type)},
	{"message", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(message)},
	{"related_entity_id", "uuid", MODEL_UUID, 0, AT(related_entity_id)},
	{"is_read", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT, AT(is_read)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
};

static const struct model_key keys[] = {
	{"notifications_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &marketing_notification_table, &mls_workspace_table, 1,
		{MARKETING_NOTIFICATION_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"agent", &marketing_notification_table, &marketing_agent_table, 2,
		{MARKETING_NOTIFICATION_WORKSPACE_ID, MARKETING_NOTIFICATION_AGENT_ID},
		{MARKETING_AGENT_WORKSPACE_ID, MARKETING_AGENT_ID}},
};

const struct model_table marketing_notification_table = {
	.schema = "marketing",
	.name = "notifications",
	.label = "notification",
	.class = MODEL_TENANT,
	.size = sizeof(struct marketing_notification),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MARKETING_NOTIFICATION_WORKSPACE_ID, MARKETING_NOTIFICATION_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

#include "model/ops/slack_message.h"

#include "model/mls/workspace.h"
#include "model/ops/listing.h"

#define AT(member) offsetof(struct ops_slack_message, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"message_id", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(message_id)},
	{"slack_user_id", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(slack_user_id)},
	{"slack_channel_id", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(slack_channel_id)},
	{"slack_ts", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(slack_ts)},
	{"slack_thread_ts", "text", MODEL_TEXT, 0, AT(slack_thread_ts)},
	{"message_text", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(message_text)},
	{"classification", "jsonb", MODEL_JSON, MODEL_NOT_NULL, AT(classification)},
	{"message_type", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(message_type)},
	{"task_key", "text", MODEL_TEXT, 0, AT(task_key)},
	{"group_key", "text", MODEL_TEXT, 0, AT(group_key)},
	{"confidence", "numeric(5,4)", MODEL_NUMERIC, 0, AT(confidence)},
	{"created_listing_id", "text", MODEL_TEXT, 0, AT(created_listing_id)},
	{"created_task_id", "text", MODEL_TEXT, 0, AT(created_task_id)},
	{"created_task_type", "text", MODEL_TEXT, 0, AT(created_task_type)},
	{"received_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(received_at)},
	{"processed_at", "timestamptz", MODEL_TIME, 0, AT(processed_at)},
	{"processing_status", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT,
		AT(processing_status)},
	{"error_message", "text", MODEL_TEXT, 0, AT(error_message)},
	{"metadata", "jsonb", MODEL_JSON, MODEL_DEFAULT, AT(metadata)},
};

static const struct model_key keys[] = {
	{"slack_messages_pkey", "(workspace_id, message_id)", {{0x3, 0x0}}},
	{"slack_messages_slack_ts_key", "(workspace_id, slack_channel_id, slack_ts)",
		{{0x19, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &ops_slack_message_table, &mls_workspace_table, 1,
		{OPS_SLACK_MESSAGE_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"created_listing", &ops_slack_message_table, &ops_listing_table, 2,
		{OPS_SLACK_MESSAGE_WORKSPACE_ID, OPS_SLACK_MESSAGE_CREATED_LISTING_ID},
		{OPS_LISTING_WORKSPACE_ID, OPS_LISTING_LISTING_ID}},
};

const struct model_table ops_slack_message_table = {
	.schema = "ops",
	.name = "slack_messages",
	.label = "slack message",
	.class = MODEL_TENANT,
	.size = sizeof(struct ops_slack_message),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {OPS_SLACK_MESSAGE_WORKSPACE_ID, OPS_SLACK_MESSAGE_MESSAGE_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

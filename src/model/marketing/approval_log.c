#include "model/marketing/approval_log.h"

#include "model/auth/user.h"
#include "model/marketing/agent.h"
#include "model/marketing/content_piece.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct marketing_approval_log, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"content_piece_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(content_piece_id)},
	{"agent_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(agent_id)},
	{"actor_id", "uuid", MODEL_UUID, MODEL_DEFAULT, AT(actor_id)},
	{"action_type", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(action_type)},
	{"timestamp", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(timestamp)},
	{"feedback", "text", MODEL_TEXT, 0, AT(feedback)},
};

static const struct model_key keys[] = {
	{"approval_logs_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &marketing_approval_log_table, &mls_workspace_table, 1,
		{MARKETING_APPROVAL_LOG_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"content_piece", &marketing_approval_log_table, &marketing_content_piece_table, 2,
		{MARKETING_APPROVAL_LOG_WORKSPACE_ID, MARKETING_APPROVAL_LOG_CONTENT_PIECE_ID},
		{MARKETING_CONTENT_PIECE_WORKSPACE_ID, MARKETING_CONTENT_PIECE_ID}},
	{"agent", &marketing_approval_log_table, &marketing_agent_table, 2,
		{MARKETING_APPROVAL_LOG_WORKSPACE_ID, MARKETING_APPROVAL_LOG_AGENT_ID},
		{MARKETING_AGENT_WORKSPACE_ID, MARKETING_AGENT_ID}},
	{"actor", &marketing_approval_log_table, &auth_user_table, 1,
		{MARKETING_APPROVAL_LOG_ACTOR_ID}, {AUTH_USER_ID}},
};

const struct model_table marketing_approval_log_table = {
	.schema = "marketing",
	.name = "approval_logs",
	.label = "approval log",
	.class = MODEL_TENANT,
	.size = sizeof(struct marketing_approval_log),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MARKETING_APPROVAL_LOG_WORKSPACE_ID, MARKETING_APPROVAL_LOG_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

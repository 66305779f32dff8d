#include "model/crm/transcript.h"

#include "model/auth/user.h"
#include "model/crm/call.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct crm_transcript, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"user_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT, AT(user_id)},
	{"call_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(call_id)},
	{"language", "text", MODEL_TEXT, 0, AT(language)},
	{"full_text", "text", MODEL_TEXT, 0, AT(full_text)},
	{"segments", "jsonb", MODEL_JSON, MODEL_NOT_NULL | MODEL_DEFAULT, AT(segments)},
	{"summary", "text", MODEL_TEXT, 0, AT(summary)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
};

static const struct model_key keys[] = {
	{"transcripts_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &crm_transcript_table, &mls_workspace_table, 1, {CRM_TRANSCRIPT_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
	{"call", &crm_transcript_table, &crm_call_table, 2,
		{CRM_TRANSCRIPT_WORKSPACE_ID, CRM_TRANSCRIPT_CALL_ID},
		{CRM_CALL_WORKSPACE_ID, CRM_CALL_ID}},
	{"user", &crm_transcript_table, &auth_user_table, 1, {CRM_TRANSCRIPT_USER_ID},
		{AUTH_USER_ID}},
};

const struct model_table crm_transcript_table = {
	.schema = "crm",
	.name = "transcripts",
	.label = "transcript",
	.class = MODEL_TENANT,
	.size = sizeof(struct crm_transcript),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {CRM_TRANSCRIPT_WORKSPACE_ID, CRM_TRANSCRIPT_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

#include "model/crm/ai_job.h"

#include "model/crm/deal.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct crm_ai_job, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"deal_id", "uuid", MODEL_UUID, 0, AT(deal_id)},
	{"job_type", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(job_type)},
	{"status", "crm.job_status", MODEL_ENUM, MODEL_NOT_NULL | MODEL_DEFAULT, AT(status)},
	{"input_data", "jsonb", MODEL_JSON, 0, AT(input_data)},
	{"output_data", "jsonb", MODEL_JSON, 0, AT(output_data)},
	{"error_message", "text", MODEL_TEXT, 0, AT(error_message)},
	{"attempts", "integer", MODEL_INT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(attempts)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"started_at", "timestamptz", MODEL_TIME, 0, AT(started_at)},
	{"completed_at", "timestamptz", MODEL_TIME, 0, AT(completed_at)},
};

static const struct model_key keys[] = {
	{"ai_jobs_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &crm_ai_job_table, &mls_workspace_table, 1, {CRM_AI_JOB_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
	{"deal", &crm_ai_job_table, &crm_deal_table, 2,
		{CRM_AI_JOB_WORKSPACE_ID, CRM_AI_JOB_DEAL_ID},
		{CRM_DEAL_WORKSPACE_ID, CRM_DEAL_ID}},
};

const struct model_table crm_ai_job_table = {
	.schema = "crm",
	.name = "ai_jobs",
	.label = "ai job",
	.class = MODEL_TENANT,
	.size = sizeof(struct crm_ai_job),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {CRM_AI_JOB_WORKSPACE_ID, CRM_AI_JOB_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

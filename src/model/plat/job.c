#include "model/plat/job.h"

#define AT(member) offsetof(struct plat_job, member)

static const struct model_column columns[] = {
	{"id", "bigint", MODEL_INT, MODEL_NOT_NULL | MODEL_GENERATED | MODEL_PRIMARY, AT(id)},
	{"name", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(name)},
	{"workspace_id", "uuid", MODEL_UUID, 0, AT(workspace_id)},
	{"payload", "jsonb", MODEL_JSON, MODEL_NOT_NULL | MODEL_DEFAULT, AT(payload)},
	{"status", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(status)},
	{"unique_key", "text", MODEL_TEXT, 0, AT(unique_key)},
	{"priority", "integer", MODEL_INT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(priority)},
	{"attempts", "integer", MODEL_INT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(attempts)},
	{"max_attempts", "integer", MODEL_INT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(max_attempts)},
	{"run_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(run_at)},
	{"leased_by", "text", MODEL_TEXT, 0, AT(leased_by)},
	{"leased_until", "timestamptz", MODEL_TIME, 0, AT(leased_until)},
	{"last_error", "text", MODEL_TEXT, 0, AT(last_error)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"started_at", "timestamptz", MODEL_TIME, 0, AT(started_at)},
	{"finished_at", "timestamptz", MODEL_TIME, 0, AT(finished_at)},
	{"lease", "uuid", MODEL_UUID, 0, AT(lease)},
	{"again", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT, AT(again)},
	{"cancel", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT, AT(cancel)},
};

static const struct model_key keys[] = {
	{"jobs_pkey", "(id)", {{0x1, 0x0}}},
	{"jobs_lease", "(lease) where lease IS NOT NULL", {{0x10000, 0x0}}},
	{"jobs_unique_key",
		"(name, unique_key) where unique_key IS NOT NULL AND (status = ANY (ARRAY['queued'::text, 'running'::text]))",
		{{0x22, 0x0}}},
};

const struct model_table plat_job_table = {
	.schema = "plat",
	.name = "jobs",
	.label = "job",
	.class = MODEL_LOCAL,
	.size = sizeof(struct plat_job),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {PLAT_JOB_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
};

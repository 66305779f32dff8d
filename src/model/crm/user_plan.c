#include "model/crm/user_plan.h"

#include "model/auth/user.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct crm_user_plan, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"user_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(user_id)},
	{"plan_name", "text", MODEL_TEXT, MODEL_DEFAULT, AT(plan_name)},
	{"stripe_customer_id", "text", MODEL_TEXT, 0, AT(stripe_customer_id)},
	{"stripe_subscription_id", "text", MODEL_TEXT, 0, AT(stripe_subscription_id)},
	{"status", "text", MODEL_TEXT, 0, AT(status)},
	{"current_period_start", "timestamptz", MODEL_TIME, 0, AT(current_period_start)},
	{"current_period_end", "timestamptz", MODEL_TIME, 0, AT(current_period_end)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"workspace_id", "uuid", MODEL_UUID, 0, AT(workspace_id)},
};

static const struct model_key keys[] = {
	{"user_plans_pkey", "(id)", {{0x1, 0x0}}},
	{"idx_user_plans_user_unique", "(user_id)", {{0x2, 0x0}}},
};

static const struct model_relation relations[] = {
	{"user", &crm_user_plan_table, &auth_user_table, 1, {CRM_USER_PLAN_USER_ID},
		{AUTH_USER_ID}},
	{"workspace", &crm_user_plan_table, &mls_workspace_table, 1, {CRM_USER_PLAN_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
};

const struct model_table crm_user_plan_table = {
	.schema = "crm",
	.name = "user_plans",
	.label = "user plan",
	.class = MODEL_SHARED,
	.size = sizeof(struct crm_user_plan),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {CRM_USER_PLAN_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

#include "model/mls/subscription.h"

#include "model/auth/user.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_subscription, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(workspace_id)},
	{"stripe_customer_id", "text", MODEL_TEXT, 0, AT(stripe_customer_id)},
	{"stripe_subscription_id", "text", MODEL_TEXT, 0, AT(stripe_subscription_id)},
	{"plan", "mls.workspace_plan", MODEL_ENUM, MODEL_NOT_NULL, AT(plan)},
	{"status", "mls.subscription_status", MODEL_ENUM, MODEL_NOT_NULL, AT(status)},
	{"billing_interval", "mls.billing_interval", MODEL_ENUM, MODEL_NOT_NULL | MODEL_DEFAULT,
		AT(billing_interval)},
	{"current_period_start", "timestamptz", MODEL_TIME, 0, AT(current_period_start)},
	{"current_period_end", "timestamptz", MODEL_TIME, 0, AT(current_period_end)},
	{"cancel_at_period_end", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT,
		AT(cancel_at_period_end)},
	{"trial_end", "timestamptz", MODEL_TIME, 0, AT(trial_end)},
	{"is_billing_override", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT,
		AT(is_billing_override)},
	{"override_reason", "text", MODEL_TEXT, 0, AT(override_reason)},
	{"override_granted_by", "uuid", MODEL_UUID, 0, AT(override_granted_by)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
};

static const struct model_key keys[] = {
	{"subscriptions_pkey", "(id)", {{0x1, 0x0}}},
	{"subscriptions_stripe_subscription_id_key", "(stripe_subscription_id)", {{0x8, 0x0}}},
	{"subscriptions_workspace_id_key", "(workspace_id)", {{0x2, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_subscription_table, &mls_workspace_table, 1,
		{MLS_SUBSCRIPTION_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"override_granted_by", &mls_subscription_table, &auth_user_table, 1,
		{MLS_SUBSCRIPTION_OVERRIDE_GRANTED_BY}, {AUTH_USER_ID}},
};

const struct model_table mls_subscription_table = {
	.schema = "mls",
	.name = "subscriptions",
	.label = "subscription",
	.class = MODEL_SHARED,
	.size = sizeof(struct mls_subscription),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_SUBSCRIPTION_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

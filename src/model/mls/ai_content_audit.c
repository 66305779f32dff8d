#include "model/mls/ai_content_audit.h"

#include "model/auth/user.h"
#include "model/mls/listing.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_ai_content_audit, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"listing_id", "uuid", MODEL_UUID, 0, AT(listing_id)},
	{"content_type", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(content_type)},
	{"model_id", "text", MODEL_TEXT, 0, AT(model_id)},
	{"generated_content", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(generated_content)},
	{"approved_content", "text", MODEL_TEXT, 0, AT(approved_content)},
	{"fair_housing_check_passed", "boolean", MODEL_BOOL, 0, AT(fair_housing_check_passed)},
	{"flagged_terms", "text[]", MODEL_ARRAY, MODEL_NOT_NULL | MODEL_DEFAULT, AT(flagged_terms)},
	{"status", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(status)},
	{"reviewed_by", "uuid", MODEL_UUID, 0, AT(reviewed_by)},
	{"reviewed_at", "timestamptz", MODEL_TIME, 0, AT(reviewed_at)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
};

static const struct model_key keys[] = {
	{"ai_content_audit_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_ai_content_audit_table, &mls_workspace_table, 1,
		{MLS_AI_CONTENT_AUDIT_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"listing", &mls_ai_content_audit_table, &mls_listing_table, 2,
		{MLS_AI_CONTENT_AUDIT_WORKSPACE_ID, MLS_AI_CONTENT_AUDIT_LISTING_ID},
		{MLS_LISTING_WORKSPACE_ID, MLS_LISTING_ID}},
	{"reviewed_by", &mls_ai_content_audit_table, &auth_user_table, 1,
		{MLS_AI_CONTENT_AUDIT_REVIEWED_BY}, {AUTH_USER_ID}},
};

const struct model_table mls_ai_content_audit_table = {
	.schema = "mls",
	.name = "ai_content_audit",
	.label = "ai content audit",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_ai_content_audit),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_AI_CONTENT_AUDIT_WORKSPACE_ID, MLS_AI_CONTENT_AUDIT_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

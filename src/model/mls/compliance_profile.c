#include "model/mls/compliance_profile.h"

#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_compliance_profile, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"attribution_html", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT,
		AT(attribution_html)},
	{"disclaimer_html", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT,
		AT(disclaimer_html)},
	{"display_on_search", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT,
		AT(display_on_search)},
	{"display_on_detail", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT,
		AT(display_on_detail)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"mls_name", "text", MODEL_TEXT, 0, AT(mls_name)},
	{"brokerage_name", "text", MODEL_TEXT, 0, AT(brokerage_name)},
	{"own_office_mls_ids", "text[]", MODEL_ARRAY, MODEL_NOT_NULL | MODEL_DEFAULT,
		AT(own_office_mls_ids)},
	{"contact_email", "text", MODEL_TEXT, 0, AT(contact_email)},
	{"contact_phone", "text", MODEL_TEXT, 0, AT(contact_phone)},
	{"correction_contact", "text", MODEL_TEXT, 0, AT(correction_contact)},
	{"copyright_notice", "text", MODEL_TEXT, 0, AT(copyright_notice)},
	{"shown_statuses", "text[]", MODEL_ARRAY, MODEL_NOT_NULL | MODEL_DEFAULT,
		AT(shown_statuses)},
	{"shows_unstated", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT,
		AT(shows_unstated)},
	{"requires_idx", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT, AT(requires_idx)},
	{"hidden_fields", "text[]", MODEL_ARRAY, MODEL_NOT_NULL | MODEL_DEFAULT, AT(hidden_fields)},
	{"max_results", "integer", MODEL_INT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(max_results)},
	{"freshness_hours", "integer", MODEL_INT, MODEL_NOT_NULL | MODEL_DEFAULT,
		AT(freshness_hours)},
	{"closed_days", "integer", MODEL_INT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(closed_days)},
};

static const struct model_key keys[] = {
	{"compliance_profiles_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
	{"compliance_profiles_workspace_id_key", "(workspace_id)", {{0x2, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_compliance_profile_table, &mls_workspace_table, 1,
		{MLS_COMPLIANCE_PROFILE_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
};

const struct model_table mls_compliance_profile_table = {
	.schema = "mls",
	.name = "compliance_profiles",
	.label = "compliance profile",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_compliance_profile),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_COMPLIANCE_PROFILE_WORKSPACE_ID, MLS_COMPLIANCE_PROFILE_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

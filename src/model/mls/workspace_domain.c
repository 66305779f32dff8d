#include "model/mls/workspace_domain.h"

#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_workspace_domain, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(workspace_id)},
	{"domain", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(domain)},
	{"is_primary", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT, AT(is_primary)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"verification_token", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT,
		AT(verification_token)},
	{"verified_at", "timestamptz", MODEL_TIME, 0, AT(verified_at)},
	{"verified_by", "text", MODEL_TEXT, 0, AT(verified_by)},
	{"checked_at", "timestamptz", MODEL_TIME, 0, AT(checked_at)},
	{"failing_since", "timestamptz", MODEL_TIME, 0, AT(failing_since)},
	{"failure", "text", MODEL_TEXT, 0, AT(failure)},
};

static const struct model_key keys[] = {
	{"workspace_domains_pkey", "(id)", {{0x1, 0x0}}},
	{"workspace_domains_domain", "(domain) where verified_at IS NOT NULL", {{0x4, 0x0}}},
	{"workspace_domains_one_primary", "(workspace_id) where is_primary", {{0x2, 0x0}}},
	{"workspace_domains_workspace_id_domain_key", "(workspace_id, domain)", {{0x6, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_workspace_domain_table, &mls_workspace_table, 1,
		{MLS_WORKSPACE_DOMAIN_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
};

const struct model_table mls_workspace_domain_table = {
	.schema = "mls",
	.name = "workspace_domains",
	.label = "workspace domain",
	.class = MODEL_SHARED,
	.size = sizeof(struct mls_workspace_domain),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_WORKSPACE_DOMAIN_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

#include "model/mls/workspace.h"

#include "model/org/organization.h"

#define AT(member) offsetof(struct mls_workspace, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"organization_id", "uuid", MODEL_UUID, 0, AT(organization_id)},
	{"slug", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(slug)},
	{"name", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(name)},
	{"status", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(status)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"time_zone", "text", MODEL_TEXT, 0, AT(time_zone)},
};

static const struct model_key keys[] = {
	{"workspaces_pkey", "(id)", {{0x1, 0x0}}},
	{"workspaces_slug_key", "(slug)", {{0x4, 0x0}}},
};

static const struct model_relation relations[] = {
	{"organization", &mls_workspace_table, &org_organization_table, 1,
		{MLS_WORKSPACE_ORGANIZATION_ID}, {ORG_ORGANIZATION_ID}},
};

const struct model_table mls_workspace_table = {
	.schema = "mls",
	.name = "workspaces",
	.label = "workspace",
	.class = MODEL_SHARED,
	.size = sizeof(struct mls_workspace),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_WORKSPACE_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

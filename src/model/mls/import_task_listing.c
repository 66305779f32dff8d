#include "model/mls/import_task_listing.h"

#include "model/mls/import_task.h"
#include "model/mls/listing.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_import_task_listing, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"import_task_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_PRIMARY, AT(import_task_id)},
	{"listing_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_PRIMARY, AT(listing_id)},
	{"seen_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(seen_at)},
};

static const struct model_key keys[] = {
	{"import_task_listings_pkey", "(workspace_id, import_task_id, listing_id)", {{0x7, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_import_task_listing_table, &mls_workspace_table, 1,
		{MLS_IMPORT_TASK_LISTING_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"import_task", &mls_import_task_listing_table, &mls_import_task_table, 2,
		{MLS_IMPORT_TASK_LISTING_WORKSPACE_ID, MLS_IMPORT_TASK_LISTING_IMPORT_TASK_ID},
		{MLS_IMPORT_TASK_WORKSPACE_ID, MLS_IMPORT_TASK_ID}},
	{"listing", &mls_import_task_listing_table, &mls_listing_table, 2,
		{MLS_IMPORT_TASK_LISTING_WORKSPACE_ID, MLS_IMPORT_TASK_LISTING_LISTING_ID},
		{MLS_LISTING_WORKSPACE_ID, MLS_LISTING_ID}},
};

const struct model_table mls_import_task_listing_table = {
	.schema = "mls",
	.name = "import_task_listings",
	.label = "import task listing",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_import_task_listing),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_IMPORT_TASK_LISTING_WORKSPACE_ID, MLS_IMPORT_TASK_LISTING_IMPORT_TASK_ID,
		MLS_IMPORT_TASK_LISTING_LISTING_ID},
	.primary_n = 3,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

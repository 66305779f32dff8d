#include "model/mls/listing_removal.h"

#define AT(member) offsetof(struct mls_listing_removal, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_PRIMARY, AT(workspace_id)},
	{"listing_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_PRIMARY, AT(listing_id)},
	{"changed_xid", "xid8", MODEL_OTHER, MODEL_NOT_NULL | MODEL_DEFAULT, AT(changed_xid)},
	{"removed_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(removed_at)},
};

static const struct model_key keys[] = {
	{"listing_removals_pkey", "(workspace_id, listing_id)", {{0x3, 0x0}}},
};

const struct model_table mls_listing_removal_table = {
	.schema = "mls",
	.name = "listing_removals",
	.label = "listing removal",
	.class = MODEL_LOCAL,
	.size = sizeof(struct mls_listing_removal),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_LISTING_REMOVAL_WORKSPACE_ID, MLS_LISTING_REMOVAL_LISTING_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
};

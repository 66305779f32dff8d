#include "model/mls/alert_listing.h"

#include "model/mls/listing.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_alert_listing, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"listing_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_PRIMARY, AT(listing_id)},
	{"changed_xid", "xid8", MODEL_OTHER, MODEL_NOT_NULL, AT(changed_xid)},
	{"is_public", "boolean", MODEL_BOOL, MODEL_NOT_NULL, AT(is_public)},
	{"is_open", "boolean", MODEL_BOOL, MODEL_NOT_NULL, AT(is_open)},
	{"was_public", "boolean", MODEL_BOOL, MODEL_NOT_NULL, AT(was_public)},
	{"was_open", "boolean", MODEL_BOOL, MODEL_NOT_NULL, AT(was_open)},
	{"list_price", "integer", MODEL_INT, 0, AT(list_price)},
	{"standard_status", "text", MODEL_TEXT, 0, AT(standard_status)},
};

static const struct model_key keys[] = {
	{"alert_listings_pkey", "(workspace_id, listing_id)", {{0x3, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_alert_listing_table, &mls_workspace_table, 1,
		{MLS_ALERT_LISTING_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"listing", &mls_alert_listing_table, &mls_listing_table, 2,
		{MLS_ALERT_LISTING_WORKSPACE_ID, MLS_ALERT_LISTING_LISTING_ID},
		{MLS_LISTING_WORKSPACE_ID, MLS_LISTING_ID}},
};

const struct model_table mls_alert_listing_table = {
	.schema = "mls",
	.name = "alert_listings",
	.label = "alert listing",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_alert_listing),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_ALERT_LISTING_WORKSPACE_ID, MLS_ALERT_LISTING_LISTING_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

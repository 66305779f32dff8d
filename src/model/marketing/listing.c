#include "model/marketing/listing.h"

#include "model/mls/listing.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct marketing_listing, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"source_id", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(source_id)},
	{"address", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(address)},
	{"city", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(city)},
	{"state", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(state)},
	{"zip_code", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(zip_code)},
	{"price", "numeric", MODEL_NUMERIC, 0, AT(price)},
	{"beds", "integer", MODEL_INT, 0, AT(beds)},
	{"baths", "numeric", MODEL_NUMERIC, 0, AT(baths)},
	{"sqft", "integer", MODEL_INT, 0, AT(sqft)},
	{"description", "text", MODEL_TEXT, 0, AT(description)},
	{"key_features", "text[]", MODEL_ARRAY, 0, AT(key_features)},
	{"image_urls", "text[]", MODEL_ARRAY, 0, AT(image_urls)},
	{"status", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(status)},
	{"scraped_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(scraped_at)},
	{"last_updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT,
		AT(last_updated_at)},
	{"mls_listing_id", "uuid", MODEL_UUID, 0, AT(mls_listing_id)},
};

static const struct model_key keys[] = {
	{"listings_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
	{"listings_mls_listing_id", "(workspace_id, mls_listing_id)", {{0x20001, 0x0}}},
	{"listings_source_id_key", "(workspace_id, source_id)", {{0x5, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &marketing_listing_table, &mls_workspace_table, 1,
		{MARKETING_LISTING_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"mls_listing", &marketing_listing_table, &mls_listing_table, 2,
		{MARKETING_LISTING_WORKSPACE_ID, MARKETING_LISTING_MLS_LISTING_ID},
		{MLS_LISTING_WORKSPACE_ID, MLS_LISTING_ID}},
};

const struct model_table marketing_listing_table = {
	.schema = "marketing",
	.name = "listings",
	.label = "listing",
	.class = MODEL_TENANT,
	.size = sizeof(struct marketing_listing),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MARKETING_LISTING_WORKSPACE_ID, MARKETING_LISTING_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

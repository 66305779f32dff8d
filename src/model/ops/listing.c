#include "model/ops/listing.h"

#include "model/mls/listing.h"
#include "model/mls/workspace.h"
#include "model/ops/realtor.h"

#define AT(member) offsetof(struct ops_listing, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"listing_id", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(listing_id)},
	{"realtor_id", "text", MODEL_TEXT, 0, AT(realtor_id)},
	{"address_string", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(address_string)},
	{"street_address", "text", MODEL_TEXT, 0, AT(street_address)},
	{"unit", "text", MODEL_TEXT, 0, AT(unit)},
	{"city", "text", MODEL_TEXT, 0, AT(city)},
	{"state", "text", MODEL_TEXT, 0, AT(state)},
	{"postal_code", "text", MODEL_TEXT, 0, AT(postal_code)},
	{"listing_type", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(listing_type)},
	{"status", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(status)},
	{"list_price", "numeric(12,2)", MODEL_NUMERIC, 0, AT(list_price)},
	{"close_price", "numeric(12,2)", MODEL_NUMERIC, 0, AT(close_price)},
	{"list_date", "date", MODEL_DATE, 0, AT(list_date)},
	{"expiration_date", "date", MODEL_DATE, 0, AT(expiration_date)},
	{"contract_date", "date", MODEL_DATE, 0, AT(contract_date)},
	{"close_date", "date", MODEL_DATE, 0, AT(close_date)},
	{"seller_names", "text", MODEL_TEXT, 0, AT(seller_names)},
	{"buyer_names", "text", MODEL_TEXT, 0, AT(buyer_names)},
	{"commission_percent", "numeric(6,3)", MODEL_NUMERIC, 0, AT(commission_percent)},
	{"commission_terms", "text", MODEL_TEXT, 0, AT(commission_terms)},
	{"notes", "text", MODEL_TEXT, 0, AT(notes)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"deleted_at", "timestamptz", MODEL_TIME, 0, AT(deleted_at)},
	{"deleted_by", "text", MODEL_TEXT, 0, AT(deleted_by)},
	{"mls_listing_id", "uuid", MODEL_UUID, 0, AT(mls_listing_id)},
};

static const struct model_key keys[] = {
	{"listings_pkey", "(workspace_id, listing_id)", {{0x3, 0x0}}},
	{"listings_one_open_file",
		"(workspace_id, mls_listing_id) where deleted_at IS NULL AND mls_listing_id IS NOT NULL",
		{{0x4000001, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &ops_listing_table, &mls_workspace_table, 1, {OPS_LISTING_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
	{"realtor", &ops_listing_table, &ops_realtor_table, 2,
		{OPS_LISTING_WORKSPACE_ID, OPS_LISTING_REALTOR_ID},
		{OPS_REALTOR_WORKSPACE_ID, OPS_REALTOR_REALTOR_ID}},
	{"mls_listing", &ops_listing_table, &mls_listing_table, 2,
		{OPS_LISTING_WORKSPACE_ID, OPS_LISTING_MLS_LISTING_ID},
		{MLS_LISTING_WORKSPACE_ID, MLS_LISTING_ID}},
};

const struct model_table ops_listing_table = {
	.schema = "ops",
	.name = "listings",
	.label = "listing",
	.class = MODEL_TENANT,
	.size = sizeof(struct ops_listing),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {OPS_LISTING_WORKSPACE_ID, OPS_LISTING_LISTING_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

#include "model/mls/listing.h"

#include "model/auth/user.h"
#include "model/mls/import_task.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_listing, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"source_provider", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT,
		AT(source_provider)},
	{"source_dataset_id", "text", MODEL_TEXT, 0, AT(source_dataset_id)},
	{"source_listing_key", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(source_listing_key)},
	{"mls_number", "text", MODEL_TEXT, 0, AT(mls_number)},
	{"standard_status", "text", MODEL_TEXT, 0, AT(standard_status)},
	{"modification_ts", "timestamptz", MODEL_TIME, 0, AT(modification_ts)},
	{"list_date", "date", MODEL_DATE, 0, AT(list_date)},
	{"close_date", "date", MODEL_DATE, 0, AT(close_date)},
	{"address_full", "text", MODEL_TEXT, 0, AT(address_full)},
	{"street_number", "text", MODEL_TEXT, 0, AT(street_number)},
	{"street_name", "text", MODEL_TEXT, 0, AT(street_name)},
	{"unit_number", "text", MODEL_TEXT, 0, AT(unit_number)},
	{"city", "text", MODEL_TEXT, 0, AT(city)},
	{"state", "text", MODEL_TEXT, 0, AT(state)},
	{"postal_code", "text", MODEL_TEXT, 0, AT(postal_code)},
	{"subdivision", "text", MODEL_TEXT, 0, AT(subdivision)},
	{"building_name", "text", MODEL_TEXT, 0, AT(building_name)},
	{"community", "text", MODEL_TEXT, 0, AT(community)},
	{"county", "text", MODEL_TEXT, 0, AT(county)},
	{"latitude", "double precision", MODEL_FLOAT, 0, AT(latitude)},
	{"longitude", "double precision", MODEL_FLOAT, 0, AT(longitude)},
	{"property_type", "text", MODEL_TEXT, 0, AT(property_type)},
	{"bedrooms", "integer", MODEL_INT, 0, AT(bedrooms)},
	{"bathrooms", "double precision", MODEL_FLOAT, 0, AT(bathrooms)},
	{"living_area_sqft", "integer", MODEL_INT, 0, AT(living_area_sqft)},
	{"lot_size_sqft", "integer", MODEL_INT, 0, AT(lot_size_sqft)},
	{"year_built", "integer", MODEL_INT, 0, AT(year_built)},
	{"list_price", "integer", MODEL_INT, 0, AT(list_price)},
	{"close_price", "integer", MODEL_INT, 0, AT(close_price)},
	{"price_per_sqft", "integer", MODEL_INT, 0, AT(price_per_sqft)},
	{"public_remarks", "text", MODEL_TEXT, 0, AT(public_remarks)},
	{"marketing_description", "text", MODEL_TEXT, 0, AT(marketing_description)},
	{"marketing_description_source", "text", MODEL_TEXT, 0, AT(marketing_description_source)},
	{"marketing_description_approved_by", "uuid", MODEL_UUID, 0,
		AT(marketing_description_approved_by)},
	{"marketing_description_approved_at", "timestamptz", MODEL_TIME, 0,
		AT(marketing_description_approved_at)},
	{"photo_count", "integer", MODEL_INT, 0, AT(photo_count)},
	{"is_active", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT, AT(is_active)},
	{"import_task_id", "uuid", MODEL_UUID, 0, AT(import_task_id)},
	{"raw", "jsonb", MODEL_JSON, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_HIDDEN, AT(raw)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"source_modified_at", "timestamptz", MODEL_TIME, 0, AT(source_modified_at)},
	{"content_hash", "bytea", MODEL_BYTES, 0, AT(content_hash)},
	{"media_hash", "bytea", MODEL_BYTES, 0, AT(media_hash)},
	{"missing_since", "timestamptz", MODEL_TIME, 0, AT(missing_since)},
	{"deactivated_at", "timestamptz", MODEL_TIME, 0, AT(deactivated_at)},
	{"deactivated_reason", "text", MODEL_TEXT, 0, AT(deactivated_reason)},
};

static const struct model_key keys[] = {
	{"listings_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
	{"listings_workspace_id_source_provider_source_listing_key_key",
		"(workspace_id, source_provider, source_listing_key)", {{0x16, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_listing_table, &mls_workspace_table, 1, {MLS_LISTING_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
	{"import_task", &mls_listing_table, &mls_import_task_table, 2,
		{MLS_LISTING_WORKSPACE_ID, MLS_LISTING_IMPORT_TASK_ID},
		{MLS_IMPORT_TASK_WORKSPACE_ID, MLS_IMPORT_TASK_ID}},
	{"marketing_description_approved_by", &mls_listing_table, &auth_user_table, 1,
		{MLS_LISTING_MARKETING_DESCRIPTION_APPROVED_BY}, {AUTH_USER_ID}},
};

const struct model_table mls_listing_table = {
	.schema = "mls",
	.name = "listings",
	.label = "listing",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_listing),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_LISTING_WORKSPACE_ID, MLS_LISTING_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

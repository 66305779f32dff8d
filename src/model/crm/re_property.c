#include "model/crm/re_property.h"

#include "model/auth/user.h"
#include "model/mls/listing.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct crm_re_property, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"user_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT, AT(user_id)},
	{"address_line_1", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(address_line_1)},
	{"address_line_2", "text", MODEL_TEXT, 0, AT(address_line_2)},
	{"city", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(city)},
	{"state", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(state)},
	{"zip", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(zip)},
	{"bedrooms", "integer", MODEL_INT, 0, AT(bedrooms)},
	{"bathrooms", "numeric(3,1)", MODEL_NUMERIC, 0, AT(bathrooms)},
	{"square_feet", "integer", MODEL_INT, 0, AT(square_feet)},
	{"lot_size", "integer", MODEL_INT, 0, AT(lot_size)},
	{"year_built", "integer", MODEL_INT, 0, AT(year_built)},
	{"purchase_price", "numeric(12,2)", MODEL_NUMERIC, 0, AT(purchase_price)},
	{"arv", "numeric(12,2)", MODEL_NUMERIC, 0, AT(arv)},
	{"status", "text", MODEL_TEXT, MODEL_DEFAULT, AT(status)},
	{"property_type", "text", MODEL_TEXT, 0, AT(property_type)},
	{"mls_id", "text", MODEL_TEXT, 0, AT(mls_id)},
	{"notes", "text", MODEL_TEXT, 0, AT(notes)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"mls_listing_id", "uuid", MODEL_UUID, 0, AT(mls_listing_id)},
};

static const struct model_key keys[] = {
	{"re_properties_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
	{"re_properties_taken_once",
		"(workspace_id, user_id, mls_listing_id) where mls_listing_id IS NOT NULL",
		{{0x200006, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &crm_re_property_table, &mls_workspace_table, 1,
		{CRM_RE_PROPERTY_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"mls_listing", &crm_re_property_table, &mls_listing_table, 2,
		{CRM_RE_PROPERTY_WORKSPACE_ID, CRM_RE_PROPERTY_MLS_LISTING_ID},
		{MLS_LISTING_WORKSPACE_ID, MLS_LISTING_ID}},
	{"user", &crm_re_property_table, &auth_user_table, 1, {CRM_RE_PROPERTY_USER_ID},
		{AUTH_USER_ID}},
};

const struct model_table crm_re_property_table = {
	.schema = "crm",
	.name = "re_properties",
	.label = "re property",
	.class = MODEL_TENANT,
	.size = sizeof(struct crm_re_property),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {CRM_RE_PROPERTY_WORKSPACE_ID, CRM_RE_PROPERTY_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

#include "model/mls/listing_photo.h"

#include "model/auth/user.h"
#include "model/mls/listing.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_listing_photo, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"listing_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(listing_id)},
	{"storage_path", "text", MODEL_TEXT, 0, AT(storage_path)},
	{"url", "text", MODEL_TEXT, 0, AT(url)},
	{"thumbnail_url", "text", MODEL_TEXT, 0, AT(thumbnail_url)},
	{"source", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(source)},
	{"sort_order", "integer", MODEL_INT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(sort_order)},
	{"is_primary", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT, AT(is_primary)},
	{"caption", "text", MODEL_TEXT, 0, AT(caption)},
	{"alt_text", "text", MODEL_TEXT, 0, AT(alt_text)},
	{"mime_type", "text", MODEL_TEXT, 0, AT(mime_type)},
	{"size_bytes", "integer", MODEL_INT, 0, AT(size_bytes)},
	{"width", "integer", MODEL_INT, 0, AT(width)},
	{"height", "integer", MODEL_INT, 0, AT(height)},
	{"uploaded_by", "uuid", MODEL_UUID, MODEL_DEFAULT, AT(uploaded_by)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"is_active", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT, AT(is_active)},
};

static const struct model_key keys[] = {
	{"listing_photos_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
	{"listing_photos_one_primary", "(workspace_id, listing_id) where is_primary", {{0x6, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_listing_photo_table, &mls_workspace_table, 1,
		{MLS_LISTING_PHOTO_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"listing", &mls_listing_photo_table, &mls_listing_table, 2,
		{MLS_LISTING_PHOTO_WORKSPACE_ID, MLS_LISTING_PHOTO_LISTING_ID},
		{MLS_LISTING_WORKSPACE_ID, MLS_LISTING_ID}},
	{"uploaded_by", &mls_listing_photo_table, &auth_user_table, 1,
		{MLS_LISTING_PHOTO_UPLOADED_BY}, {AUTH_USER_ID}},
};

const struct model_table mls_listing_photo_table = {
	.schema = "mls",
	.name = "listing_photos",
	.label = "listing photo",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_listing_photo),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_LISTING_PHOTO_WORKSPACE_ID, MLS_LISTING_PHOTO_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

#include "model/mls/listing_media.h"

#include "model/mls/listing.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_listing_media, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"listing_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(listing_id)},
	{"url", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(url)},
	{"sort_order", "integer", MODEL_INT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(sort_order)},
	{"caption", "text", MODEL_TEXT, 0, AT(caption)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"media_key", "text", MODEL_TEXT, 0, AT(media_key)},
	{"category", "text", MODEL_TEXT, 0, AT(category)},
	{"is_active", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT, AT(is_active)},
	{"is_public", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT, AT(is_public)},
};

static const struct model_key keys[] = {
	{"listing_media_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
	{"listing_media_workspace_id_listing_id_url_key", "(workspace_id, listing_id, url)",
		{{0xe, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_listing_media_table, &mls_workspace_table, 1,
		{MLS_LISTING_MEDIA_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"listing", &mls_listing_media_table, &mls_listing_table, 2,
		{MLS_LISTING_MEDIA_WORKSPACE_ID, MLS_LISTING_MEDIA_LISTING_ID},
		{MLS_LISTING_WORKSPACE_ID, MLS_LISTING_ID}},
};

const struct model_table mls_listing_media_table = {
	.schema = "mls",
	.name = "listing_media",
	.label = "listing media",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_listing_media),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_LISTING_MEDIA_WORKSPACE_ID, MLS_LISTING_MEDIA_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

#include "model/mls/favorite.h"

#include "model/auth/user.h"
#include "model/mls/listing.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_favorite, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"user_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT, AT(user_id)},
	{"listing_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(listing_id)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"alert", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(alert)},
	{"seen_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(seen_at)},
	{"seen_price", "integer", MODEL_INT, 0, AT(seen_price)},
	{"seen_status", "text", MODEL_TEXT, 0, AT(seen_status)},
};

static const struct model_key keys[] = {
	{"favorites_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
	{"favorites_workspace_id_user_id_listing_id_key", "(workspace_id, user_id, listing_id)",
		{{0xe, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_favorite_table, &mls_workspace_table, 1, {MLS_FAVORITE_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
	{"listing", &mls_favorite_table, &mls_listing_table, 2,
		{MLS_FAVORITE_WORKSPACE_ID, MLS_FAVORITE_LISTING_ID},
		{MLS_LISTING_WORKSPACE_ID, MLS_LISTING_ID}},
	{"user", &mls_favorite_table, &auth_user_table, 1, {MLS_FAVORITE_USER_ID}, {AUTH_USER_ID}},
};

const struct model_table mls_favorite_table = {
	.schema = "mls",
	.name = "favorites",
	.label = "favorite",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_favorite),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_FAVORITE_WORKSPACE_ID, MLS_FAVORITE_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

#include "model/mls/search_alert.h"

#include "model/auth/user.h"
#include "model/mls/listing.h"
#include "model/mls/saved_search.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_search_alert, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"user_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(user_id)},
	{"saved_search_id", "uuid", MODEL_UUID, 0, AT(saved_search_id)},
	{"listing_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(listing_id)},
	{"kind", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(kind)},
	{"old_value", "text", MODEL_TEXT, 0, AT(old_value)},
	{"new_value", "text", MODEL_TEXT, 0, AT(new_value)},
	{"happened_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL, AT(happened_at)},
	{"found_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(found_at)},
	{"by_mail", "boolean", MODEL_BOOL, MODEL_NOT_NULL, AT(by_mail)},
	{"in_app", "boolean", MODEL_BOOL, MODEL_NOT_NULL, AT(in_app)},
	{"mailed_at", "timestamptz", MODEL_TIME, 0, AT(mailed_at)},
	{"seen_at", "timestamptz", MODEL_TIME, 0, AT(seen_at)},
};

static const struct model_key keys[] = {
	{"search_alerts_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
	{"search_alerts_once",
		"(workspace_id, user_id, saved_search_id, listing_id, kind, happened_at)",
		{{0x13e, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_search_alert_table, &mls_workspace_table, 1,
		{MLS_SEARCH_ALERT_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"saved_search", &mls_search_alert_table, &mls_saved_search_table, 2,
		{MLS_SEARCH_ALERT_WORKSPACE_ID, MLS_SEARCH_ALERT_SAVED_SEARCH_ID},
		{MLS_SAVED_SEARCH_WORKSPACE_ID, MLS_SAVED_SEARCH_ID}},
	{"listing", &mls_search_alert_table, &mls_listing_table, 2,
		{MLS_SEARCH_ALERT_WORKSPACE_ID, MLS_SEARCH_ALERT_LISTING_ID},
		{MLS_LISTING_WORKSPACE_ID, MLS_LISTING_ID}},
	{"user", &mls_search_alert_table, &auth_user_table, 1, {MLS_SEARCH_ALERT_USER_ID},
		{AUTH_USER_ID}},
};

const struct model_table mls_search_alert_table = {
	.schema = "mls",
	.name = "search_alerts",
	.label = "search alert",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_search_alert),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_SEARCH_ALERT_WORKSPACE_ID, MLS_SEARCH_ALERT_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

#include "model/mls/saved_search.h"

#include "model/auth/user.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_saved_search, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"user_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT, AT(user_id)},
	{"name", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(name)},
	{"query", "jsonb", MODEL_JSON, MODEL_NOT_NULL | MODEL_DEFAULT, AT(query)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"alert", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(alert)},
	{"alert_kinds", "text[]", MODEL_ARRAY, MODEL_NOT_NULL | MODEL_DEFAULT, AT(alert_kinds)},
	{"by_mail", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT, AT(by_mail)},
	{"in_app", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT, AT(in_app)},
	{"last_alerted_at", "timestamptz", MODEL_TIME, 0, AT(last_alerted_at)},
	{"problem", "text", MODEL_TEXT, 0, AT(problem)},
	{"told_on", "date", MODEL_DATE, MODEL_HIDDEN, AT(told_on)},
	{"told", "integer", MODEL_INT, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_HIDDEN, AT(told)},
	{"changed_xid", "xid8", MODEL_OTHER, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_HIDDEN,
		AT(changed_xid)},
};

static const struct model_key keys[] = {
	{"saved_searches_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_saved_search_table, &mls_workspace_table, 1,
		{MLS_SAVED_SEARCH_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"user", &mls_saved_search_table, &auth_user_table, 1, {MLS_SAVED_SEARCH_USER_ID},
		{AUTH_USER_ID}},
};

const struct model_table mls_saved_search_table = {
	.schema = "mls",
	.name = "saved_searches",
	.label = "saved search",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_saved_search),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_SAVED_SEARCH_WORKSPACE_ID, MLS_SAVED_SEARCH_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

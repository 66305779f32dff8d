#include "model/mls/rate_window.h"

#include "model/mls/connection.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_rate_window, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"mls_connection_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_PRIMARY,
		AT(mls_connection_id)},
	{"span", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_PRIMARY, AT(span)},
	{"started_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(started_at)},
	{"used", "integer", MODEL_INT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(used)},
	{"most", "integer", MODEL_INT, 0, AT(most)},
	{"remaining", "integer", MODEL_INT, 0, AT(remaining)},
	{"reset_at", "timestamptz", MODEL_TIME, 0, AT(reset_at)},
};

static const struct model_key keys[] = {
	{"rate_windows_pkey", "(workspace_id, mls_connection_id, span)", {{0x7, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_rate_window_table, &mls_workspace_table, 1,
		{MLS_RATE_WINDOW_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"mls_connection", &mls_rate_window_table, &mls_connection_table, 2,
		{MLS_RATE_WINDOW_WORKSPACE_ID, MLS_RATE_WINDOW_MLS_CONNECTION_ID},
		{MLS_CONNECTION_WORKSPACE_ID, MLS_CONNECTION_ID}},
};

const struct model_table mls_rate_window_table = {
	.schema = "mls",
	.name = "rate_windows",
	.label = "rate window",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_rate_window),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_RATE_WINDOW_WORKSPACE_ID, MLS_RATE_WINDOW_MLS_CONNECTION_ID,
		MLS_RATE_WINDOW_SPAN},
	.primary_n = 3,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

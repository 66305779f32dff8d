#include "model/auth/session.h"

#include "model/auth/mfa_factor.h"
#include "model/auth/user.h"

#define AT(member) offsetof(struct auth_session, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"user_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(user_id)},
	{"factor_id", "uuid", MODEL_UUID, 0, AT(factor_id)},
	{"aal", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(aal)},
	{"amr", "jsonb", MODEL_JSON, MODEL_NOT_NULL | MODEL_DEFAULT, AT(amr)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"refreshed_at", "timestamptz", MODEL_TIME, 0, AT(refreshed_at)},
	{"not_after", "timestamptz", MODEL_TIME, 0, AT(not_after)},
	{"user_agent", "text", MODEL_TEXT, 0, AT(user_agent)},
	{"ip", "inet", MODEL_OTHER, 0, AT(ip)},
	{"tag", "text", MODEL_TEXT, 0, AT(tag)},
};

static const struct model_key keys[] = {
	{"sessions_pkey", "(id)", {{0x1, 0x0}}},
};

static const struct model_relation relations[] = {
	{"user", &auth_session_table, &auth_user_table, 1, {AUTH_SESSION_USER_ID}, {AUTH_USER_ID}},
	{"factor", &auth_session_table, &auth_mfa_factor_table, 1, {AUTH_SESSION_FACTOR_ID},
		{AUTH_MFA_FACTOR_ID}},
};

const struct model_table auth_session_table = {
	.schema = "auth",
	.name = "sessions",
	.label = "session",
	.class = MODEL_SHARED,
	.size = sizeof(struct auth_session),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {AUTH_SESSION_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

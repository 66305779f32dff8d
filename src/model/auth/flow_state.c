#include "model/auth/flow_state.h"

#include "model/auth/user.h"

#define AT(member) offsetof(struct auth_flow_state, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"state_hash", "bytea", MODEL_BYTES, MODEL_NOT_NULL, AT(state_hash)},
	{"provider", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(provider)},
	{"verifier", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(verifier)},
	{"nonce", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(nonce)},
	{"redirect_to", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(redirect_to)},
	{"code_challenge", "text", MODEL_TEXT, 0, AT(code_challenge)},
	{"code_challenge_method", "text", MODEL_TEXT, 0, AT(code_challenge_method)},
	{"user_id", "uuid", MODEL_UUID, 0, AT(user_id)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"expires_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(expires_at)},
};

static const struct model_key keys[] = {
	{"flow_states_pkey", "(id)", {{0x1, 0x0}}},
	{"flow_states_state_hash_key", "(state_hash)", {{0x2, 0x0}}},
};

static const struct model_relation relations[] = {
	{"user", &auth_flow_state_table, &auth_user_table, 1, {AUTH_FLOW_STATE_USER_ID},
		{AUTH_USER_ID}},
};

const struct model_table auth_flow_state_table = {
	.schema = "auth",
	.name = "flow_states",
	.label = "flow state",
	.class = MODEL_SHARED,
	.size = sizeof(struct auth_flow_state),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {AUTH_FLOW_STATE_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

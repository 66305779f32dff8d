#include "model/auth/mfa_challenge.h"

#include "model/auth/mfa_factor.h"

#define AT(member) offsetof(struct auth_mfa_challenge, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"factor_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(factor_id)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"expires_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(expires_at)},
	{"verified_at", "timestamptz", MODEL_TIME, 0, AT(verified_at)},
	{"ip_address", "inet", MODEL_OTHER, 0, AT(ip_address)},
	{"otp_hash", "bytea", MODEL_BYTES, 0, AT(otp_hash)},
};

static const struct model_key keys[] = {
	{"mfa_challenges_pkey", "(id)", {{0x1, 0x0}}},
};

static const struct model_relation relations[] = {
	{"factor", &auth_mfa_challenge_table, &auth_mfa_factor_table, 1,
		{AUTH_MFA_CHALLENGE_FACTOR_ID}, {AUTH_MFA_FACTOR_ID}},
};

const struct model_table auth_mfa_challenge_table = {
	.schema = "auth",
	.name = "mfa_challenges",
	.label = "mfa challenge",
	.class = MODEL_SHARED,
	.size = sizeof(struct auth_mfa_challenge),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {AUTH_MFA_CHALLENGE_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};

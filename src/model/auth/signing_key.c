#include "model/auth/signing_key.h"

#define AT(member) offsetof(struct auth_signing_key, member)

static const struct model_column columns[] = {
	{"kid", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_PRIMARY, AT(kid)},
	{"alg", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(alg)},
	{"private_jwk", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_HIDDEN, AT(private_jwk)},
	{"public_jwk", "jsonb", MODEL_JSON, 0, AT(public_jwk)},
	{"status", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(status)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"current_at", "timestamptz", MODEL_TIME, 0, AT(current_at)},
	{"previous_at", "timestamptz", MODEL_TIME, 0, AT(previous_at)},
	{"revoked_at", "timestamptz", MODEL_TIME, 0, AT(revoked_at)},
};

static const struct model_key keys[] = {
	{"signing_keys_pkey", "(kid)", {{0x1, 0x0}}},
	{"signing_keys_one_current", "(status) where status = 'current'::text", {{0x10, 0x0}}},
};

const struct model_table auth_signing_key_table = {
	.schema = "auth",
	.name = "signing_keys",
	.label = "signing key",
	.class = MODEL_SHARED,
	.size = sizeof(struct auth_signing_key),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {AUTH_SIGNING_KEY_KID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
};

#include "model/plat/idempotency_key.h"

#define AT(member) offsetof(struct plat_idempotency_key, member)

static const struct model_column columns[] = {
	{"key", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_PRIMARY, AT(key)},
	{"user_id", "uuid", MODEL_UUID, 0, AT(user_id)},
	{"request_hash", "bytea", MODEL_BYTES, MODEL_NOT_NULL, AT(request_hash)},
	{"status", "integer", MODEL_INT, 0, AT(status)},
	{"answer", "text", MODEL_TEXT, 0, AT(answer)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
};

static const struct model_key keys[] = {
	{"idempotency_keys_pkey", "(key)", {{0x1, 0x0}}},
};

const struct model_table plat_idempotency_key_table = {
	.schema = "plat",
	.name = "idempotency_keys",
	.label = "idempotency key",
	.class = MODEL_LOCAL,
	.size = sizeof(struct plat_idempotency_key),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {PLAT_IDEMPOTENCY_KEY_KEY},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
};

#include "model/auth/rate_limit.h"

#define AT(member) offsetof(struct auth_rate_limit, member)

static const struct model_column columns[] = {
	{"what", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_PRIMARY, AT(what)},
	{"subject", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_PRIMARY, AT(subject)},
	{"since", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(since)},
	{"hits", "integer", MODEL_INT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(hits)},
};

static const struct model_key keys[] = {
	{"rate_limits_pkey", "(what, subject)", {{0x3, 0x0}}},
};

const struct model_table auth_rate_limit_table = {
	.schema = "auth",
	.name = "rate_limits",
	.label = "rate limit",
	.class = MODEL_LOCAL,
	.size = sizeof(struct auth_rate_limit),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {AUTH_RATE_LIMIT_WHAT, AUTH_RATE_LIMIT_SUBJECT},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
};

#include "model/plat/migration.h"

#define AT(member) offsetof(struct plat_migration, member)

static const struct model_column columns[] = {
	{"name", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_PRIMARY, AT(name)},
	{"checksum", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(checksum)},
	{"took_us", "bigint", MODEL_INT, MODEL_NOT_NULL, AT(took_us)},
	{"applied_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(applied_at)},
};

static const struct model_key keys[] = {
	{"migrations_pkey", "(name)", {{0x1, 0x0}}},
};

const struct model_table plat_migration_table = {
	.schema = "plat",
	.name = "migrations",
	.label = "migration",
	.class = MODEL_LOCAL,
	.size = sizeof(struct plat_migration),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {PLAT_MIGRATION_NAME},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
};

#include "model/storage/site.h"

#define AT(member) offsetof(struct storage_site, member)

static const struct model_column columns[] = {
	{"id", "boolean", MODEL_BOOL, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"public_url", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(public_url)},
};

static const struct model_key keys[] = {
	{"site_pkey", "(id)", {{0x1, 0x0}}},
};

const struct model_table storage_site_table = {
	.schema = "storage",
	.name = "site",
	.label = "site",
	.class = MODEL_SHARED,
	.size = sizeof(struct storage_site),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {STORAGE_SITE_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
};

#include "model/plat/schedule.h"

#define AT(member) offsetof(struct plat_schedule, member)

static const struct model_column columns[] = {
	{"name", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_PRIMARY, AT(name)},
	{"every", "interval", MODEL_OTHER, MODEL_NOT_NULL, AT(every)},
	{"next_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(next_at)},
	{"last_job", "bigint", MODEL_INT, 0, AT(last_job)},
};

static const struct model_key keys[] = {
	{"schedules_pkey", "(name)", {{0x1, 0x0}}},
};

const struct model_table plat_schedule_table = {
	.schema = "plat",
	.name = "schedules",
	.label = "schedule",
	.class = MODEL_LOCAL,
	.size = sizeof(struct plat_schedule),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {PLAT_SCHEDULE_NAME},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
};

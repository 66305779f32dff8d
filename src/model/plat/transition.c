#include "model/plat/transition.h"

#define AT(member) offsetof(struct plat_transition, member)

static const struct model_column columns[] = {
	{"machine", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_PRIMARY, AT(machine)},
	{"from_status", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_PRIMARY, AT(from_status)},
	{"to_status", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_PRIMARY, AT(to_status)},
	{"who", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(who)},
};

static const struct model_key keys[] = {
	{"transitions_pkey", "(machine, from_status, to_status)", {{0x7, 0x0}}},
};

const struct model_table plat_transition_table = {
	.schema = "plat",
	.name = "transitions",
	.label = "transition",
	.class = MODEL_SHARED,
	.size = sizeof(struct plat_transition),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {PLAT_TRANSITION_MACHINE, PLAT_TRANSITION_FROM_STATUS,
		PLAT_TRANSITION_TO_STATUS},
	.primary_n = 3,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
};

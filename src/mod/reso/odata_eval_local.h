/* odata_eval_local: what the two halves of the evaluation share. Not for others. */
#pragma once
#include "mod/reso/odata_eval.h"

#define ODATA_NOTHING ((struct odata_value){.type = ODATA_NULL})

/* odata_eval_call.c: arguments are values already. */
struct odata_value odata_eval_call(const struct odata_node *node, const struct odata_value *args,
	struct arena *scratch);
struct odata_value odata_eval_sum(enum odata_op op, const struct odata_value *a,
	const struct odata_value *b);

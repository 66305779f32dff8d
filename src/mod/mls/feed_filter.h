/* feed_filter: what a $filter says about time and keys, so that not every listing needs a look.
 *
 * Owner    results borrow from the filter, or live in the arena. Failure none. Threads pure.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "mod/reso/reso.h"

struct arena;

/* Every match has that timestamp at this time or later; INT64_MIN when nothing is known. filter may be NULL. */
int64_t feed_filter_since(const struct odata_node *filter, const char *timestamp);

/* The texts that every match's field is one of; false when the filter does not limit it. */
bool feed_filter_keys(struct arena *a, const struct odata_node *filter, const char *field,
	const struct str **ret_keys, size_t *ret_n);

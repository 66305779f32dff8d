/* hidden: fields that a workspace's MLS keeps from the public are not there for the public: no words, no filter, no order, no facet.
 *
 * Owner, threads none: pure. Failure E_ABSENT, as for a field that is not there.
 */
#pragma once
#include <stdbool.h>

#include "base/err.h"

struct search_query;

/* is_hidden by number of the field. */
int search_hidden_check(const struct search_query *q, const bool *is_hidden,
	struct err *e) MUST_CHECK;

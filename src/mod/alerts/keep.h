/* keep: a copy of a compiled search that is as small as it can be: to read one takes memory that is soon of no use, and thousands are kept.
 *
 * Owner    the arena; nothing is borrowed.
 * Failure  none. Threads pure.
 */
#pragma once
#include "mod/alerts/query.h"

struct arena;

void alerts_keep(struct arena *a, const struct search_query *q, struct alerts_query *ret);

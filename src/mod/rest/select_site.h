/* select_site: what the settings allow a SELECT. Private to src/mod/rest.
 *
 * Owner, failure: none. Threads one loop.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct rest_site;

bool select_site_aggregates(const struct rest_site *s);
int64_t select_site_most_rows(const struct rest_site *s); /* -1: any number */

/* How many rows are counted instead of a guess of the planner, which knows the hidden ones; -1: it may be told. */
int64_t select_site_most_counted(const struct rest_site *s);

/* order: reads sort_by.
 *
 *   list_price:asc, updated_at:desc                         up to SEARCH_SORTS_MAX; asc and desc in any case
 *   year_built(missing_values: first):desc                  first, last (or normal: as without)
 *   location(25.77, -80.19):asc                             by distance; also with exclude_radius: 2 mi, precision: 500 m as 0.5 km
 *   _text_match:desc, _text_match(buckets: 10):desc
 *   _eval(city:=Miami):desc, _eval([ (city:=Miami):3, (state:=FL):2 ]):desc
 *
 * _vector_distance, _rand, _group_found, joined fields and decay functions are refused.
 *
 * Owner    the arena. Failure, Threads: see filter_scan.h. Source  Typesense 29.0, "Ranking and Sorting parameters".
 */
#pragma once
#include "base/err.h"
#include "mod/search/filter_scan.h"

#define SEARCH_ORDER_EVALS 20 /* of one _eval */

/* Fills sorts and sorts_n. */
int search_order_read(struct arena *a, struct str sort_by, struct search_query *q,
	struct err *e) MUST_CHECK;

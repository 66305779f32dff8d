/* filter: reads filter_by.
 *
 *   filter     = or; or = and ("||" and)*; and = term ("&&" term)*; term = "(" or ")" | condition
 *   condition  = field ":" ["=" | "!=" | "!" | ">" | ">=" | "<" | "<="] (value | "[" value ("," value)* "]")
 *   value      = text, up to && || ) or, in lists, a comma; what stands in `backticks` is taken as it is (\` is a backtick).
 *                Texts that end with * are beginnings. Numbers: 5, -1.5, 5..9, and in lists also >5. Dates, for int64: unix seconds,
 *                2026-01-31 (its first instant, UTC), 2026-01-31T12:00:00Z.
 *                Geopoints: (lat, lng, 5 km), (lat, lng, lat, lng, lat, lng, ...), ([lat, lng], radius: 5 km)
 *   id         takes : := :!= :! and lists; id:* is every listing
 *
 * Unlike in Typesense && binds more than ||; a mile has 1609.344 m. Joins and filters on objects are refused.
 *
 * Owner    the arena; the filter borrows from the text. Failure, Threads: see filter_scan.h.
 * Limits   SEARCH_FILTER_NODES, SEARCH_FILTER_DEPTH (of parentheses, and of the tree: whoever walks it may recurse),
 *          SEARCH_SCAN_OPERANDS, SEARCH_SCAN_CORNERS.
 * Source   Typesense 29.0, "Filter parameters" and "Geosearch".
 */
#pragma once
#include "base/err.h"
#include "mod/search/filter_scan.h"

/* *ret: NULL when the text is empty. */
int search_filter_read(struct arena *a, struct str filter_by, enum search_audience who,
	const struct search_filter **ret, struct err *e) MUST_CHECK;

/* From s->at to s->end, which is not empty. */
int search_filter_scan(struct search_scan *s, const struct search_filter **ret) MUST_CHECK;

/* Both of them; NULL is no condition. Up to two such joints stay within SEARCH_FILTER_DEPTH. How a filter that must hold (of a scoped key) joins one from outside: read each by itself, so that
 * no parenthesis of one closes what the other opened. */
const struct search_filter *search_filter_both(struct arena *a, const struct search_filter *must,
	const struct search_filter *also);

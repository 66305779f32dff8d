/* feed_filter: OData's $filter as replicators write it, over generated listings.
 *
 *   filter  = and { "or" and }            compare  = field op literal | field "in" "(" literal {"," literal} ")"
 *   and     = not { "and" not }           op       = eq ne gt ge lt le
 *   not     = "not" not | "(" filter ")" | compare
 *   literal = 'text' (a quote is doubled) | number | true | false | null | 2026-11-21T12:00:00Z | 2026-11-21
 *
 * Words are case-sensitive, as OData says. Any field but the lists and Media can be compared. With
 * null only eq and ne are true or false; every other comparison with null is unknown, and unknown rows
 * do not match (nor do they match the comparison's "not").
 *
 * Owner    the arena it was parsed with.
 * Failure  E_INPUT with the position (from 1) in the filter's text.
 * Threads  pure once parsed; a listing's texts may be written while it is looked at.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct feed_filter;
struct gen_field;
struct gen_listing;

#define FEED_FILTER_DEPTH 32

/* The field of that name; NULL: there is none. */
typedef const struct gen_field *feed_field_fn(struct str name);

struct feed_filter *feed_filter_parse(struct arena *a, struct str text, feed_field_fn *find,
	struct err *e) MUST_CHECK;

/* filter NULL holds for everything. */
bool feed_filter_holds(const struct feed_filter *filter, struct gen_listing *l);

/* Every match has a BridgeModificationTimestamp of at least this; INT64_MIN when nothing is known. */
int64_t feed_filter_since(const struct feed_filter *filter);

/* The keys that every match is one of; false when the filter does not limit them. */
bool feed_filter_keys(const struct feed_filter *filter, const struct str **ret_keys, size_t *ret_n);

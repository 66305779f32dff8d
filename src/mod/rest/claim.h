/* claim: where in a token's claims the role stands (jwt-role-claim-key).
 *
 * Two notations, told apart by the first character:
 *   $.a['b c'][0].*  ..x  [1:3]  [?@ == 'x' && @.y]  [?search(@, '^web')]   JSONPath, RFC 9535
 *   .a."b c"[0]  [?(@ ^== "x")] at the end, with ==, !=, ^== (begins), ==^ (ends), *== (contains)   before PostgREST 16
 * Of JSONPath are left out: count() and value(), and == between arrays or objects (never true). Patterns of match() and
 * search() are POSIX extended ones, written in the path itself, of at most 200 bytes.
 *
 * Owner    the arena given.
 * Failure  E_INPUT with the position; looking up cannot fail, it finds nothing.
 * Threads  a parsed path may be used in any thread.
 */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct json;
struct rest_claim;

const struct rest_claim *rest_claim_parse(struct arena *a, struct str text,
	struct err *e) MUST_CHECK;

/* The first place that fits; NULL when none does, or when the search takes more than 20,000 steps. */
const struct json *rest_claim_find(const struct rest_claim *path, const struct json *claims);

bool rest_claim_is_old(const struct rest_claim *path); /* the notation before PostgREST 16 */

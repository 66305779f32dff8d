/* Any first line as the path to a role, the rest as claims: what is found is in the claims. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "mod/rest/claim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_in(const struct json *all, const struct json *one)
{
	if (all == one)
		return true;
	for (struct json_iter it = json_each(all); json_next(&it);)
		if (is_in(it.value, one))
			return true;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str rest = str_from(size ? (const void *)data : "", size),
		   line = str_cut(&rest, '\n');
	struct err e = {.arena = a};
	const struct rest_claim *c = rest_claim_parse(a, line, &e);
	const struct json *claims = rest.p ? json_parse(a, rest, NULL) : NULL;

	assert(!c == (e.code != 0));
	if (c) {
		assert(line.len && (rest_claim_is_old(c) == (*line.p != '$')));
		const struct json *found = rest_claim_find(c, claims);
		assert(!found || is_in(claims, found));
	}
	arena_free(a);
	return 0;
}

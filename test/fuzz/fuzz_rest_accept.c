/* Any bytes as Accept: a list in order, whose types have neither parameters nor capitals. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "mod/rest/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct arena *a, const struct rest_accept *accept)
{
	assert(accept->type.p && accept->plan_for.p && accept->plan_options < 32);
	assert(str_find_char(accept->type, ';') < 0 || str_find_char(accept->type, '"') >= 0);
	assert(str_eq(accept->type, str_lower(a, accept->type)));
	assert(str_eq(accept->type, str_trim(accept->type)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct rest_fault f = {.arena = a};
	struct rest_accept *list;
	size_t n;

	if (rest_parse_accept(a, str_from(data, size), &list, &n, &f) == 0) {
		assert(n <= 32);
		for (size_t i = 0; i < n; i++)
			check(a, &list[i]);
	} else {
		assert(f.status == 400);
	}
	arena_free(a);
	return 0;
}

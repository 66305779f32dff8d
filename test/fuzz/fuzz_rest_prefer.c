/* Any bytes as Prefer: what is said to be applied is applied again, word for word. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "mod/rest/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct rest_fault f = {.arena = a};
	struct rest_prefer p;

	if (rest_parse_prefer(a, str_from(data, size), &p, &f)) {
		assert(f.status == 400 && strcmp(f.code, "PGRST122") == 0);
	} else {
		struct str applied = rest_prefer_applied(a, &p, true);
		assert(rest_parse_prefer(a, applied, &p, &f) == 0);
		struct str again = rest_prefer_applied(a, &p, true);
		assert(str_eq(applied, again) && (!applied.p || applied.len));
	}
	arena_free(a);
	return 0;
}

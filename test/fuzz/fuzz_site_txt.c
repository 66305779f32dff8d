/* Any bytes as the answer of a name server: TXT records are within it. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "mod/site/txt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	struct site_txt found;

	if (!site_txt_read(a, str_from(data, size), &found, &e)) {
		assert(found.n <= SITE_TXT_MAX);
		for (size_t i = 0; i < found.n; i++)
			assert(found.texts[i].len <= size);
	} else {
		assert(e.msg);
	}
	arena_free(a);
	return 0;
}

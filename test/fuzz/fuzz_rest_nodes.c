/* Any bytes as what the catalogue says: node trees and arrays are read without harm, arrays of ours come back as they were. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "mod/rest/cache_local.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str s = str_from(data, size), *texts, *again;
	struct cache_target *targets;
	unsigned *numbers;
	size_t n = cache_nodes_targets(a, s, &targets);

	for (size_t i = 0; i < n; i++)
		assert(targets[i].table && targets[i].column);
	cache_numbers(a, s, &numbers);
	n = cache_texts(a, s, &texts);
	for (size_t i = 0; i < n; i++)
		texts[i] = texts[i].p ? texts[i] : STR("");
	assert(cache_texts(a, cache_text_array(a, texts, n), &again) == n);
	for (size_t i = 0; i < n; i++)
		assert(str_eq(texts[i], again[i]));
	arena_free(a);
	return 0;
}

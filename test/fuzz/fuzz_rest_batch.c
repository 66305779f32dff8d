/* Any bytes as a batch in which each request is answered by the batch itself: what is read can be put together, or is refused. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "mod/rest/batch_refs.h"
#include "mod/rest/fault.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_together(struct arena *a, const struct rest_batch *b, const struct json *answer)
{
	const struct json *answers[REST_BATCH_MAX];
	struct rest_fault f = {.arena = a};
	struct str path, body;

	for (size_t i = 0; i < b->n; i++) {
		answers[i] = answer;
		if (rest_batch_path(a, b, i, answers, &path, &f) ||
			rest_batch_body(a, b, i, answers, &body, &f)) {
			assert(f.status == 400 && f.request);
			return;
		}
		assert(path.len && path.p[0] == '/');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct rest_fault f = {.arena = a};
	struct str text = str_from(data, size);
	struct rest_batch b;

	if (rest_batch_parse(a, text, &b, &f) == 0)
		put_together(a, &b, json_parse(a, text, NULL));
	else
		assert(f.status == 400);
	arena_free(a);
	return 0;
}

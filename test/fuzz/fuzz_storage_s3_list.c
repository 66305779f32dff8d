/* Answers of a service that keeps objects. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "mod/storage/s3_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str text = str_from(data, size), rest = text;
	struct s3_object o;

	for (size_t before = rest.len; s3_list_next(a, &rest, &o); before = rest.len) {
		assert(o.key.p && o.key.len <= size && o.size >= 0);
		assert(rest.len < before); /* it ends */
	}
	assert(s3_list_token(a, text).len <= size);
	assert(s3_list_code(a, text).len <= size);
	arena_free(a);
	return 0;
}

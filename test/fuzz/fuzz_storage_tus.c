/* Headers of resumable uploads. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "mod/storage/name.h"
#include "mod/storage/tus_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	struct str text = str_from(size ? (const void *)data : "", size);
	struct tus_metadata m;
	struct tus_checksum sum;
	int64_t n;

	if (tus_head_metadata(a, text, &m, &e)) {
		assert(e.code == E_INPUT);
	} else {
		assert(storage_name_is_bucket(m.bucket) && storage_name_is_object(m.name));
		assert(!m.content_type.p || !memchr(m.content_type.p, 0, m.content_type.len));
	}
	err_clear(&e);
	if (!tus_head_checksum(a, text, &sum, &e))
		assert(sum.len <= TUS_SUM_MAX && sum.len > 0);
	err_clear(&e);
	if (!tus_head_number("Upload-Offset", text, &n, &e))
		assert(n >= 0);
	arena_free(a);
	return 0;
}

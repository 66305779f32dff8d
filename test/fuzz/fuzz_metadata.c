/* $metadata of strangers, in pieces of a length that the first byte says: what comes out is JSON, or a refusal with a sentence. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "mod/mls/metadata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = {.arena = arena_new()};
	struct metadata *m = metadata_new(e.arena);
	struct str text = str_from(data, size);
	size_t piece = size ? 1 + data[size - 1] : 1;
	struct buf json;

	buf_init(&json, 1 << 20);
	for (size_t at = 0; at < size && !e.code; at += piece)
		if (metadata_feed(m, str_sub(text, at, at + piece), &e))
			assert(e.msg);
	if (!e.code && !metadata_end(m, &json, &e)) {
		const struct json *v = json_parse(e.arena, buf_view(&json), &e);
		assert(json_type(v) == JSON_OBJECT);
		assert(json_len(v) == metadata_resources(m));
	}
	assert(!e.code || e.msg);
	buf_done(&json);
	arena_free(e.arena);
	return 0;
}

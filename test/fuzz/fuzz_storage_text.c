/* Any bytes as size, name, path and type. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "mod/storage/engine.h"
#include "mod/storage/name.h"
#include "mod/storage/size.h"
#include "mod/storage/sniff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str text = str_from(size ? (const void *)data : "", size), name;
	struct storage_place place;
	int64_t bytes;

	if (storage_size_parse(text, &bytes))
		assert(bytes > 0);
	if (storage_name_decode(a, text, &name)) {
		assert(storage_name_is_object(name));
		assert(name.p[0] != '/' && !memchr(name.p, 0, name.len));
		assert(str_find(name, STR("//")) < 0 && str_find(name, STR("/../")) < 0);
	}
	if (storage_name_is_bucket(text))
		assert(storage_name_is_object(text));
	if (storage_place_parse(a, text, &place)) {
		struct str key;
		assert(!storage_place_key(a, &place, &key, NULL));
		assert(str_eq(key, text));
	}
	struct str bare = sniff_bare(a, text);
	assert(!bare.p || str_find_char(bare, '/') > 0);
	(void)sniff_type(text);
	(void)sniff_fits(STR("image/png"), text);
	(void)sniff_fits(STR("text/plain"), text);
	arena_free(a);
	return 0;
}

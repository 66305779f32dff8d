/* Any bytes as a token: never taken, for the key is not known to whoever made them. And any bytes as options and
 * cursor: come back as they went. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/enc.h"
#include "mod/reso/odata_link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str all = str_from(data, size), key = STR("0123456789abcdef");
	struct odata_fault f = {.arena = a};
	struct odata_link out;

	assert(odata_link_open(a, key, STR("me"), all, &out, &f) == -1);
	assert(odata_link_open(a, key, STR("me"), enc_base64url(a, all), &out, &f) == -1);
	if (size && size < 16384) {
		size_t n = data[0] < size ? data[0] : size;
		struct odata_link link = {str_sub(all, n, size), str_sub(all, 0, n)};
		struct str token = odata_link_seal(a, key, STR("me"), &link);
		int code = odata_link_open(a, key, STR("me"), token, &out, &f);
		assert(code == 0 && str_eq(out.cursor, link.cursor));
		assert(str_eq(out.options, link.options));
		assert(odata_link_open(a, key, STR("you"), token, &out, &f) == -1);
	}
	arena_free(a);
	return 0;
}

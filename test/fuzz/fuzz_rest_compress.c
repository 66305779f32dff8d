/* Any bytes as Accept-Encoding and as a list of tags: a choice that the header allows, and the same tag found however it is compared. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"
#include "mod/rest/compress.h"
#include "mod/rest/etag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_encodings(struct str list)
{
	enum coding coding = coding_choose(list);

	assert(coding <= CODING_ZSTD);
	if (coding_refused(list))
		assert(coding == CODING_NONE && list.len);
	if (coding != CODING_NONE) /* somebody named it, or said any */
		assert(memchr(list.p, '*', list.len) || memchr(list.p, 'z', list.len) ||
			memchr(list.p, 'Z', list.len));
}

static void check_tags(struct str list)
{
	bool weak = rest_etag_in(list, STR("\"b\""), true),
	     strong = rest_etag_in(list, STR("\"b\""), false);

	assert(weak || !strong); /* what is the same strongly is it weakly */
	if (weak)
		assert(str_find(list, STR("\"b")) >= 0 || memchr(list.p, '*', list.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str list = str_from((const char *)data, size);

	if (size == 0)
		return 0;
	check_encodings(list);
	check_tags(list);
	return 0;
}

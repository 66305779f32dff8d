/* Any bytes as select: what is taken prints as a list that reads back the same. */
#include <assert.h>
#include <stdint.h>

#include "rest_print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str print(struct arena *a, const struct rest_item *items)
{
	struct buf b;

	buf_init(&b, 0);
	rest_print_items(&b, items);
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct rest_fault f = {.arena = a};
	struct rest_item *items;

	if (rest_parse_select(a, str_from(data, size), &items, &f) == 0) {
		struct str text = print(a, items);
		assert(rest_parse_select(a, text, &items, &f) == 0);
		assert(str_eq(text, print(a, items)));
	} else {
		assert(f.status == 400 && *f.message);
	}
	arena_free(a);
	return 0;
}

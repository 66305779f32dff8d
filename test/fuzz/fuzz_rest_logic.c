/* Any bytes as a group of conditions: what is taken prints as a group that reads back the same. */
#include <assert.h>
#include <stdint.h>

#include "rest_print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str print(struct arena *a, const struct rest_cond *c)
{
	struct buf b;

	buf_init(&b, 0);
	buf_char(&b, '(');
	rest_print_conditions(&b, c->first);
	buf_char(&b, ')');
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct rest_fault f = {.arena = a};
	struct rest_cond *c;

	if (rest_parse_logic(a, true, false, str_from(data, size), &c, &f) == 0) {
		struct str text = print(a, c);
		assert(rest_parse_logic(a, true, false, text, &c, &f) == 0);
		assert(str_eq(text, print(a, c)));
	} else {
		assert(f.status == 400 && *f.message);
	}
	arena_free(a);
	return 0;
}

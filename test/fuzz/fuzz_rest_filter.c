/* Any bytes as name=value of a filter: what is taken prints as a filter that reads back the same. */
#include <assert.h>
#include <stdint.h>

#include "rest_print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print(struct arena *a, const struct rest_cond *c, struct str *ret_name,
	struct str *ret_value)
{
	struct buf b;

	buf_init(&b, 0);
	rest_print_field(&b, &c->field);
	*ret_name = str_copy(a, buf_view(&b));
	buf_clear(&b);
	rest_print_test(&b, c, false);
	*ret_value = str_copy(a, buf_view(&b));
	buf_done(&b);
}

/* A list is one array literal: quotes around each element, and nothing after the brace. */
static void check_literal(struct str s)
{
	bool is_quoted = false;

	assert(str_starts(s, STR("{")) && str_ends(s, STR("}")));
	for (size_t i = 1; i + 1 < s.len; i++) {
		if (s.p[i] == '"')
			is_quoted = !is_quoted;
		else if (s.p[i] == '\\' && is_quoted)
			i++;
		else
			assert(is_quoted || s.p[i] == ',');
	}
	assert(!is_quoted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct rest_fault f = {.arena = a};
	struct str value = str_from(size ? (const void *)data : "", size),
		   name = str_cut(&value, '=');
	struct rest_cond *c;

	if (rest_parse_filter(a, name, value, &c, &f) == 0) {
		struct str again_name, again_value;
		print(a, c, &name, &value);
		if (c->op == REST_IN)
			check_literal(c->value);
		assert(rest_parse_filter(a, name, value, &c, &f) == 0);
		print(a, c, &again_name, &again_value);
		assert(str_eq(name, again_name) && str_eq(value, again_value));
	} else {
		assert(f.status == 400 && *f.message);
	}
	arena_free(a);
	return 0;
}

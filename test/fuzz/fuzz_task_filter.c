/* Any JSON as an import task: a filter that comes out is balanced, and no value leaves its quotes. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "mod/mls/task_filter.h"
#include "mod/mls/task_local.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is left of a filter without its texts. */
static void is_plain(struct str s)
{
	int depth = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '\'')
			while (++i < s.len && s.p[i] != '\'')
				;
		assert(i < s.len);
		depth += s.p[i] == '(' ? 1 : s.p[i] == ')' ? -1 : 0;
		assert(depth >= 0);
	}
	assert(!depth);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	const struct json *v = json_parse(a, str_from(data, size), NULL);
	struct task_rules rules = {.most = 300 + size % 700,
		.has_tolower = size & 1,
		.has_in = size & 2};
	struct task_filters f;
	struct err e = {.arena = a};

	if (!task_filter_compile(a, v, &rules, &f, &e)) {
		assert(f.n >= 1 && f.n <= TASK_FILTERS_MAX);
		for (size_t i = 0; i < f.n; i++) {
			assert(task_filter_encoded(f.text[i]) <= rules.most);
			is_plain(f.text[i]);
		}
	} else {
		assert(e.code == E_INPUT && e.msg[0]);
	}
	err_clear(&e);
	if (!task_odata_check(str_from(data, size), &e))
		is_plain(str_from(data, size));
	arena_free(a);
	return 0;
}

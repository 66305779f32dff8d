/* Any bytes as limit, offset and Range, a line each: the window only ever gets narrower, and is never below zero. */
#include <assert.h>
#include <stdint.h>

#include "rest_print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int parse(struct arena *a, struct str limit, struct str offset, struct rest_query *q,
	struct rest_fault *f)
{
	struct buf b;

	buf_init(&b, 0);
	http_url_add_query(&b, STR("limit"), limit);
	http_url_add_query(&b, STR("offset"), offset);
	struct str query = str_copy(a, buf_view(&b));
	buf_done(&b);
	const struct rest_parse p = {.arena = a, .query = str_sub(query, 1, query.len)};
	return rest_parse_query(&p, q, f);
}

static void check(const struct rest_node *now, const struct rest_node *before)
{
	assert(!now->has_limit || now->limit >= 0);
	assert(!now->has_offset || now->offset >= 0);
	if (before->has_limit)
		assert(now->has_limit && now->limit <= before->limit);
	if (before->has_offset)
		assert(now->has_offset && now->offset >= before->offset);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct rest_fault f = {.arena = a};
	struct str rest = str_from(size ? (const void *)data : "", size);
	struct str limit = str_cut(&rest, '\n'), offset = str_cut(&rest, '\n');
	struct rest_query q;

	if (parse(a, limit, offset, &q, &f) == 0) {
		struct rest_node before = q.root;
		if (rest_parse_range(rest, &q, &f) == 0)
			check(&q.root, &before);
		else
			assert(f.status == 416);
	}
	arena_free(a);
	return 0;
}

/* Any bytes: reading both ways agrees, and what was written reads back to the same text. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask_everything(struct arena *a, const struct json *v)
{
	struct str s;
	int64_t n;
	double x;
	bool b;

	if (json_to_i64(v, &n))
		assert(json_to_f64(v, &x) && (double)n == x);
	json_to_bool(v, &b);
	if (json_to_str(v, &s))
		assert(str_is_utf8(s));
	assert(str_find_char(json_scalar_pg(a, v), '\0') < 0);
	size_t turns = 0;
	for (struct json_iter it = json_each(v); json_next(&it); turns++) {
		if (it.key.p)
			assert(json_get_str(v, it.key));
		ask_everything(a, it.value);
	}
	assert(turns == json_len(v));
}

/* Writes, reads and writes again: the two texts are the same. */
static void round_trip(struct arena *a, const struct json *v,
	void (*write)(struct buf *, const struct json *), struct buf *first)
{
	struct buf second;

	buf_init(&second, 0);
	write(first, v);
	const struct json *again = json_parse(a, buf_view(first), NULL);
	assert(again);
	write(&second, again);
	assert(str_eq(buf_view(first), buf_view(&second)));
	buf_done(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	struct buf insitu, text, text_pg;

	buf_init(&insitu, 0);
	buf_init(&text, 0);
	buf_init(&text_pg, 0);
	const struct json *v = json_parse(a, str_from(data, size), &e);
	assert(!v == (e.code != 0));
	buf_add(&insitu, data, size);
	const struct json *w = json_parse_insitu(a, &insitu, NULL);
	assert(!v == !w);
	if (v) {
		ask_everything(a, v);
		round_trip(a, v, json_text, &text);
		round_trip(a, v, json_text_pg, &text_pg);
		assert(!memmem(text_pg.p, text_pg.len, "\\u0000", 6) ||
			memmem(text_pg.p, text_pg.len, "\\\\u0000", 7));
		assert(str_eq(json_text_dup(a, w), buf_view(&text)));
	}
	buf_done(&insitu);
	buf_done(&text);
	buf_done(&text_pg);
	arena_free(a);
	return 0;
}

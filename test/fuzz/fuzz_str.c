/* Any bytes: numbers are read as the C library does, and every text can be written as JSON. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_numbers(struct arena *a, struct str s)
{
	int64_t n;
	double x;
	bool b;

	if (str_to_i64(s, &n)) {
		assert(strtoll(str_cstr(a, s), NULL, 10) == n);
		assert(s.len > 500 || (str_to_f64(s, &x) && x == (double)n));
	}
	if (str_to_f64(s, &x))
		assert(strtod(str_cstr(a, s), NULL) == x);
	if (str_to_bool(s, &b))
		assert(s.len <= 5);
}

static void write_json(struct arena *a, struct str s)
{
	struct buf b;
	struct str back;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key_str(&w, s);
	jsonw_str(&w, s);
	jsonw_end(&w);
	assert(jsonw_is_complete(&w));
	struct json_iter it = json_each(json_parse(a, buf_view(&b), NULL));
	assert(json_next(&it) && json_to_str(it.value, &back));
	assert(str_eq(it.key, back));
	assert(str_is_utf8(s) == str_eq(back, s));
	buf_done(&b);
}

static void take_apart(struct str s)
{
	size_t len = 0, parts = 0, prefix = str_utf8_prefix(s);

	for (struct str rest = s; rest.p; parts++)
		len += str_cut(&rest, ',').len;
	assert(len + parts - 1 == s.len);
	assert(prefix <= s.len && str_is_utf8(str_sub(s, 0, prefix)));
	assert(str_is_utf8(s) == (prefix == s.len));
	assert(str_trim(s).len <= s.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str s = str_from(size ? (const void *)data : "", size);

	read_numbers(a, s);
	write_json(a, s);
	take_apart(s);
	assert(str_find_char(str_without_nul(a, s), '\0') < 0);
	arena_free(a);
	return 0;
}

/* Answers of feeds, cut into pieces anywhere: what the scan makes of them is what the parser sees. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "mod/mls/normal.h"
#include "mod/mls/sync_row.h"
#include "mod/mls/sync_scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct rows {
	struct buf text;
	size_t at[4096], len[4096], n;
};

static struct buf *text_of(void *arg)
{
	return &((struct rows *)arg)->text;
}

static void on_row(void *arg, size_t at, size_t len)
{
	struct rows *r = arg;

	assert(at + len <= r->text.len);
	if (r->n < 4096) {
		r->at[r->n] = at;
		r->len[r->n++] = len;
	}
}

static void on_skipped(void *arg)
{
	(void)arg;
}

static void compare_row(struct str text, const struct json *row)
{
	struct sync_row_fields fields = {.key = STR("k"), .stamps = {STR("t"), STR("u")}};
	struct sync_row_head head;
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	const struct json *again = json_parse(a, text, &e);
	struct str key;

	assert(again && json_type(again) == json_type(row) && json_len(again) == json_len(row));
	if (sync_row_read(text, &fields, &head)) {
		assert(json_type(row) == JSON_OBJECT && json_get(row, "k"));
		assert(head.key.len && head.key.len <= 255);
		/* A name written twice is found once: then the loader sees that the two differ. */
		bool once = true, seen = false;
		for (struct json_iter it = json_each(row); json_next(&it);)
			if (str_eq(it.key, STR("k"))) {
				once = once && !seen;
				seen = true;
			}
		if (once)
			assert(json_to_str(json_get(row, "k"), &key) && str_eq(key, head.key));
	}
	sync_row_hash(text);
	arena_free(a);
}

/* The first array named value; NULL when there are several, which the scan joins. */
static const struct json *only_value(const struct json *root)
{
	const struct json *found = NULL;

	for (struct json_iter it = json_each(root); json_next(&it);)
		if (str_eq(it.key, STR("value"))) {
			if (found)
				return NULL;
			found = it.value;
		}
	return json_type(found) == JSON_ARRAY ? found : NULL;
}

static bool has_escaped_names(const struct json *root, struct str text)
{
	(void)root;
	return memchr(text.p, '\\', text.len) != NULL;
}

static void compare(const struct rows *r, const struct json *root, struct str text, bool complete)
{
	const struct json *value = only_value(root);
	size_t i = 0;

	if (!root || json_type(root) != JSON_OBJECT)
		return;
	assert(complete);
	if (!value || (has_escaped_names(root, text) && !r->n))
		return;
	assert(r->n == json_len(value) || r->n == 4096);
	for (struct json_iter it = json_each(value); json_next(&it) && i < r->n; i++)
		compare_row(str_from(r->text.p + r->at[i], r->len[i]), it.value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rows r;
	struct sync_scan_to to = {text_of, on_row, on_skipped, &r};
	struct sync_scan scan;
	struct arena *a = arena_new();
	struct err e = {.arena = a};

	if (size < 1 || size > 65536)
		return arena_free(a), 0;
	size_t step = data[0] ? data[0] : 300;
	struct str text = str_from(data + 1, size - 1);
	r.n = 0;
	buf_init(&r.text, 0);
	sync_scan_init(&scan, 1 << 20, &to);
	for (size_t at = 0; at < text.len; at += step)
		sync_scan_add(&scan, str_sub(text, at, at + step));
	bool complete = !sync_scan_end(&scan, &e);
	struct err ignored = {.arena = a};
	compare(&r, json_parse(a, text, &ignored), text, complete);
	sync_scan_done(&scan);
	buf_done(&r.text);
	arena_free(a);
	return 0;
}

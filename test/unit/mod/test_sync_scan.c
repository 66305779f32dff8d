/* Answers of feeds become rows while they arrive; rows are recognised by their text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "mod/mls/normal.h"
#include "mod/mls/sync_row.h"
#include "mod/mls/sync_scan.h"

struct taken {
	struct buf text, rows; /* rows: each with a newline behind */
	int skipped;
};

static struct buf *text_of(void *arg)
{
	return &((struct taken *)arg)->text;
}

static void on_row(void *arg, size_t at, size_t len)
{
	struct taken *t = arg;

	buf_add(&t->rows, t->text.p + at, len);
	buf_char(&t->rows, '\n');
}

static void on_skipped(void *arg)
{
	((struct taken *)arg)->skipped++;
}

static struct taken taken;
static char envelope[400];

/* In pieces of that many bytes. Answers what sync_scan_end() does; the rows are in taken. */
static int scan(const char *text, size_t piece, size_t row_max)
{
	struct sync_scan_to to = {text_of, on_row, on_skipped, &taken};
	struct sync_scan s;

	buf_done(&taken.text);
	buf_done(&taken.rows);
	taken.skipped = 0;
	buf_init(&taken.text, 0);
	buf_init(&taken.rows, 0);
	sync_scan_init(&s, row_max, &to);
	for (size_t at = 0; at < strlen(text); at += piece)
		sync_scan_add(&s, str_sub(str_of(text), at, at + piece));
	int code = sync_scan_end(&s, NULL);
	struct str e = str_sub(buf_view(&s.envelope), 0, sizeof envelope - 1);
	memcpy(envelope, e.p, e.len);
	envelope[e.len] = 0;
	sync_scan_done(&s);
	return code;
}

static const char *rows(void)
{
	return taken.rows.len ? taken.rows.p : "";
}

static void rows_are_the_same_whatever_the_pieces(void **state)
{
	const char *text =
		"{\"@odata.context\": \"x]}\", \"value\": [ {\"a\":\"}\\\"]\",\"b\":[{\"c\":1}]} ,\n[1],7, \"t,]\\\\\",null ],"
		"\"@odata.nextLink\":\"http:\\/\\/h\\/n\"}";

	(void)state;
	for (size_t piece = 1; piece < 150; piece++) {
		assert_int_equal(scan(text, piece, 1000), 0);
		assert_string_equal(rows(),
			"{\"a\":\"}\\\"]\",\"b\":[{\"c\":1}]}\n[1]\n7\n\"t,]\\\\\"\nnull\n");
		assert_string_equal(envelope,
			"{\"@odata.context\": \"x]}\", \"value\": [],\"@odata.nextLink\":\"http:\\/\\/h\\/n\"}");
	}
}

static void backslashes_at_the_ends_of_blocks_are_seen(void **state)
{
	char text[400];

	(void)state;
	for (size_t n = 40; n < 140; n++) {
		strcpy(text, "{\"value\":[{\"a\":\"");
		memset(text + strlen(text), 'x', n + 1);
		strcpy(text + 16 + n, "\\\\\\\"}]\"},{\"b\":1}]}");
		for (size_t piece = 1; piece < 200; piece += 31) {
			assert_int_equal(scan(text, piece, 1000), 0);
			assert_true(strstr(rows(), "\\\\\\\"}]\"}\n{\"b\":1}\n"));
		}
	}
}

static void only_value_at_the_top_is_the_rows(void **state)
{
	(void)state;
	assert_int_equal(
		scan("{\"x\":{\"value\":[1]},\"y\":[\"value\",[2]],\"z\":\"value\",\"v\":[3]}", 7,
			1000),
		0);
	assert_string_equal(rows(), "");
	assert_int_equal(scan("{\"ListingKey\":\"a\",\"Media\":[{}]}", 5, 1000), 0);
	assert_string_equal(envelope, "{\"ListingKey\":\"a\",\"Media\":[{}]}");
}

static void a_row_that_is_too_large_is_left_out_alone(void **state)
{
	char text[5000] = "{\"value\":[{\"k\":1},{\"big\":\"";

	(void)state;
	memset(text + strlen(text), 'x', 3000);
	strcat(text, "\"},{\"k\":2}]}");
	for (size_t piece = 1; piece < 4000; piece = piece * 3 + 1) {
		assert_int_equal(scan(text, piece, 1000), 0);
		assert_string_equal(rows(), "{\"k\":1}\n{\"k\":2}\n");
		assert_int_equal(taken.skipped, 1);
	}
}

static void what_ends_early_is_told(void **state)
{
	static const char *const texts[] = {"", "{", "{\"value\":[", "{\"value\":[{\"a\":\"}]}",
		"{\"value\":[{}", "{\"value\":[{}]", "{\"value\":[{},]}", "{\"value\":[{} {}]}",
		"{\"value\":[,{}]}", "{\"value\":[{}}]}"};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_int_equal(scan(texts[i], 3, 1000), E_INPUT);
}

static const struct sync_row_fields fields = {.key = {STR_INIT("ListingKey")},
	.stamps = {{STR_INIT("B")}, {STR_INIT("M")}}};

static bool head(const char *text, struct sync_row_head *ret)
{
	return sync_row_read(str_of(text), &fields, ret);
}

static void key_and_stamp_are_those_of_the_top(void **state)
{
	struct sync_row_head h;

	(void)state;
	assert_true(head(
		"{\"Media\":[{\"ListingKey\":\"no\",\"B\":\"2020-01-01\"}], \"s\":\"\\\"ListingKey\\\":\\\"no\\\"\" ,"
		" \"ListingKey\" : \"yes\" ,\"B\":\"1970-01-01T00:00:01Z\",\"M\":\"x\"}",
		&h));
	assert_true(str_eq(h.key, STR("yes")));
	assert_int_equal(h.stamp_us, 1000000);
	assert_true(head("{\"M\":\"1970-01-01T00:00:02Z\",\"ListingKey\":\"k\",\"B\":null}", &h));
	assert_int_equal(h.stamp_us, 2000000);
	assert_true(head("{\"ListingKey\":\"k\"}", &h));
	assert_int_equal(h.stamp_us, NORMAL_NULL);
}

static void what_is_not_simple_is_left_to_the_parser(void **state)
{
	static const char *const texts[] = {"7", "[]", "{}", "", "{\"ListingKey\":7}",
		"{\"ListingKey\":\"\"}", "{\"ListingKey\":\" k\"}", "{\"ListingKey\":\"\\u0041\"}",
		"{\"ListingKey\":\"k\",\"B\":\"TBD\"}",
		"{\"ListingKey\":\"k\",\"ListingKey\":\"l\"}", "{\"ListingKey\":\"k\"",
		"{\"ListingKey\":\"\xff\"}", "{\"a\":1 \"ListingKey\":\"k\"}"};
	struct sync_row_head h;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_false(head(texts[i], &h));
}

static void annotations_in_front_do_not_count(void **state)
{
	struct sync_row_head a, b, c;

	(void)state;
	assert_true(
		head("{\"@odata.id\":\"1\",\"@odata.etag\":\"2\", \"ListingKey\":\"k\",\"x\":1}",
			&a));
	assert_true(head("{\"ListingKey\":\"k\",\"x\":1}", &b));
	assert_true(head("{\"ListingKey\":\"k\",\"x\":2}", &c));
	assert_true(hash_128_eq(a.hash, b.hash));
	assert_false(hash_128_eq(b.hash, c.hash));
	assert_true(hash_128_eq(a.hash,
		sync_row_hash(STR("{\"@odata.etag\":\"3\",\"ListingKey\":\"k\",\"x\":1}"))));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_the_same_whatever_the_pieces),
		cmocka_unit_test(backslashes_at_the_ends_of_blocks_are_seen),
		cmocka_unit_test(only_value_at_the_top_is_the_rows),
		cmocka_unit_test(a_row_that_is_too_large_is_left_out_alone),
		cmocka_unit_test(what_ends_early_is_told),
		cmocka_unit_test(key_and_stamp_are_those_of_the_top),
		cmocka_unit_test(what_is_not_simple_is_left_to_the_parser),
		cmocka_unit_test(annotations_in_front_do_not_count),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	buf_done(&taken.text);
	buf_done(&taken.rows);
	return failed;
}

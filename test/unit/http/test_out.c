#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "http/out.h"

/* Takes everything out, at most step bytes at a time, as a socket would. */
static const char *drain(struct arena *a, struct http_out *o, size_t step, bool chunked)
{
	struct buf b;
	struct iovec iov[3];
	int n;

	buf_init(&b, 0);
	http_out_close_block(o, chunked);
	while ((n = http_out_gather(o, iov, 3))) {
		size_t left = step, taken = 0;
		for (int i = 0; i < n && left; i++) {
			size_t len = iov[i].iov_len < left ? iov[i].iov_len : left;
			buf_add(&b, iov[i].iov_base, len);
			left -= len;
			taken += len;
		}
		assert_int_equal(http_out_sent(o, taken), 0);
	}
	assert_int_equal(o->bytes, 0);
	const char *text = str_cstr(a, buf_view(&b));
	buf_done(&b);
	return text;
}

static void keeps_the_order_of_borrowed_and_copied(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (size_t step = 1; step < 40; step += 3) {
		struct http_out o = {0};
		http_out_borrow(&o, a, STR("head\r\n"), true);
		http_out_copy(&o, STR("ab"), true);
		http_out_copy(&o, STR("cd"), true);
		http_out_borrow(&o, a, STR("0\r\n\r\n"), true);
		assert_string_equal(drain(a, &o, step, true), "head\r\n0004\r\nabcd\r\n0\r\n\r\n");
		http_out_done(&o);
	}
	arena_free(a);
}

static void copies_plainly_without_chunks(void **state)
{
	struct arena *a = arena_new();
	struct http_out o = {0};

	(void)state;
	http_out_copy(&o, STR("ab"), false);
	http_out_borrow(&o, a, STR(""), false);
	http_out_copy(&o, STR("cd"), false);
	assert_int_equal(o.bytes, 4);
	assert_string_equal(drain(a, &o, 100, false), "abcd");
	http_out_done(&o);
	arena_free(a);
}

static void cuts_large_data_into_chunks(void **state)
{
	struct arena *a = arena_new();
	struct http_out o = {0};
	char *data = arena_alloc(a, 40000);

	(void)state;
	memset(data, 'x', 40000);
	http_out_copy(&o, str_from(data, 40000), true);
	const char *text = drain(a, &o, 7777, true);
	assert_int_equal(strncmp(text, "3e80\r\nxxx", 9), 0);
	assert_int_equal(strlen(text), 40000 + 3 * 8);
	assert_string_equal(text + 40000 + 3 * 8 - 4, "xx\r\n");
	http_out_done(&o);
	arena_free(a);
}

static void tells_what_is_left_of_a_write(void **state)
{
	struct arena *a = arena_new();
	struct http_out o = {0};

	(void)state;
	http_out_borrow(&o, a, STR("abc"), false);
	assert_int_equal(http_out_sent(&o, 2), 0);
	assert_int_equal(http_out_sent(&o, 5), 4);
	assert_int_equal(http_out_sent(&o, 5), 5);
	arena_free(a);
}

static void frees_what_was_not_sent(void **state)
{
	struct arena *a = arena_new();
	struct http_out o = {0};
	static const char data[50000];

	(void)state;
	http_out_copy(&o, str_from(data, sizeof(data)), true);
	assert_non_null(o.open);
	http_out_done(&o);
	assert_int_equal(o.bytes, 0);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_the_order_of_borrowed_and_copied),
		cmocka_unit_test(copies_plainly_without_chunks),
		cmocka_unit_test(cuts_large_data_into_chunks),
		cmocka_unit_test(tells_what_is_left_of_a_write),
		cmocka_unit_test(frees_what_was_not_sent),
	};
	return cmocka_run_group_tests_name("http/out", tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

static void starts_empty_and_without_memory(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	assert_null(b.p);
	assert_true(str_eq(buf_view(&b), STR("")));
	buf_clear(&b);
	buf_truncate(&b, 0);
	buf_consume(&b, 0);
	buf_done(&b);
}

static void collects_all_kinds_of_pieces(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	buf_str(&b, STR("a"));
	buf_str(&b, STR_NULL);
	buf_cstr(&b, "bc");
	buf_char(&b, '-');
	buf_u64(&b, UINT64_MAX);
	buf_char(&b, ' ');
	buf_i64(&b, INT64_MIN);
	buf_i64(&b, 0);
	buf_printf(&b, " %s%03d", "x", 7);
	buf_add(&b, "\0", 1);
	assert_int_equal(b.len, strlen("abc-18446744073709551615 -92233720368547758080 x007") + 1);
	assert_string_equal(b.p, "abc-18446744073709551615 -92233720368547758080 x007");
	assert_false(b.failed);
	buf_done(&b);
}

static void is_always_terminated_and_has_slack(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 300);
	for (int i = 0; i < 300; i++) {
		buf_char(&b, 'x');
		assert_int_equal(b.p[b.len], 0);
		memset(b.p + b.len, 0, BUF_SLACK);
	}
	assert_false(b.failed);
	buf_done(&b);
}

static void the_cap_fails_for_good_and_adds_nothing(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 10);
	buf_cstr(&b, "12345678");
	buf_cstr(&b, "abc");
	assert_true(b.failed);
	assert_string_equal(b.p, "12345678");
	buf_char(&b, 'x');
	buf_printf(&b, "y");
	assert_null(buf_reserve(&b, 1));
	assert_string_equal(b.p, "12345678");
	buf_clear(&b);
	assert_false(b.failed);
	buf_cstr(&b, "1234567890");
	assert_false(b.failed);
	assert_null(buf_reserve(&b, SIZE_MAX));
	assert_true(b.failed);
	buf_done(&b);
}

static void reserved_room_becomes_content_when_committed(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	buf_cstr(&b, "ab");
	char *room = buf_reserve(&b, 5000);
	assert_non_null(room);
	memcpy(room, "cdef", 4);
	buf_commit(&b, 2);
	assert_string_equal(b.p, "abcd");
	buf_done(&b);
}

static void the_front_can_be_consumed(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	buf_cstr(&b, "hello world");
	buf_consume(&b, 6);
	assert_string_equal(b.p, "world");
	buf_truncate(&b, 2);
	assert_string_equal(b.p, "wo");
	buf_consume(&b, 2);
	assert_int_equal(b.len, 0);
	buf_done(&b);
}

static void taken_memory_is_the_callers(void **state)
{
	struct buf b;
	size_t len;

	(void)state;
	buf_init(&b, 100);
	buf_cstr(&b, "mine");
	char *p = buf_take(&b, &len);
	assert_string_equal(p, "mine");
	assert_int_equal(len, 4);
	free(p);
	assert_int_equal(b.len, 0);
	assert_int_equal(b.max, 100);
	p = buf_take(&b, NULL);
	assert_string_equal(p, "");
	free(p);
	buf_cstr(&b, "again");
	assert_string_equal(b.p, "again");
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_empty_and_without_memory),
		cmocka_unit_test(collects_all_kinds_of_pieces),
		cmocka_unit_test(is_always_terminated_and_has_slack),
		cmocka_unit_test(the_cap_fails_for_good_and_adds_nothing),
		cmocka_unit_test(reserved_room_becomes_content_when_committed),
		cmocka_unit_test(the_front_can_be_consumed),
		cmocka_unit_test(taken_memory_is_the_callers),
	};
	return cmocka_run_group_tests_name("base/buf", tests, NULL, NULL);
}

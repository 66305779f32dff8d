#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "support_rest.h"

static const char *const negative = "Limit should be greater than or equal to zero.";
static const char *const reversed =
	"The lower boundary must be lower than or equal to the upper boundary in the Range header.";
static const char *const apart =
	"The Range header and the limit and offset of the query have no row in common.";

static void assert_unsatisfiable(struct rest_try *t, const char *details)
{
	assert_int_equal(t->fault.status, 416);
	assert_string_equal(t->fault.code, "PGRST103");
	assert_string_equal(t->fault.message, "Requested range not satisfiable");
	assert_string_equal(t->fault.details, details);
}

/* -1: none */
static void assert_window(const struct rest_node *node, int64_t limit, int64_t offset)
{
	assert_int_equal(node->has_limit, limit >= 0);
	assert_int_equal(node->has_offset, offset >= 0);
	if (limit >= 0)
		assert_int_equal(node->limit, limit);
	if (offset >= 0)
		assert_int_equal(node->offset, offset);
}

static void reads_limit_and_offset(void **state)
{
	static const struct {
		const char *text;
		int64_t limit, offset;
	} table[] = {
		{"", -1, -1},
		{"limit=5", 5, -1},
		{"limit=0", 0, -1},
		{"limit=-0", 0, -1},
		{"offset=5", -1, 5},
		{"offset=0", -1, 0},
		{"offset=-4", -1, 0},
		{"limit=5&offset=7", 5, 7},
		{"limit=+5+", 5, -1},
		{"limit=007", 7, -1},
		{"limit=abc", -1, -1},
		{"limit=", -1, -1},
		{"limit=5x", -1, -1},
		{"limit=1.5", -1, -1},
		{"limit=-", -1, -1},
		{"limit=--1", -1, -1},
		{"offset=x", -1, -1},
		{"limit=9223372036854775807", INT64_MAX, -1},
		{"limit=9223372036854775808", INT64_MAX, -1},
		{"limit=99999999999999999999999999999999", INT64_MAX, -1},
		{"offset=18446744073709551616", -1, INT64_MAX},
		{"offset=-99999999999999999999", -1, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rest_try t;
		struct rest_query q;
		rest_try_start(&t);
		const struct rest_parse p = {.arena = t.arena, .query = str_of(table[i].text)};
		assert_int_equal(rest_parse_query(&p, &q, &t.fault), 0);
		assert_window(&q.root, table[i].limit, table[i].offset);
		rest_try_end(&t);
	}
}

static void a_negative_limit_is_refused(void **state)
{
	static const char *const table[] = {"limit=-1", "limit=-99999999999999999999",
		"select=r(*)&r.limit=-1"};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rest_try t;
		struct rest_query q;
		rest_try_start(&t);
		const struct rest_parse p = {.arena = t.arena, .query = str_of(table[i])};
		assert_int_equal(rest_parse_query(&p, &q, &t.fault), -1);
		assert_unsatisfiable(&t, negative);
		rest_try_end(&t);
	}
}

static const struct {
	const char *header;
	int64_t limit, offset;         /* before */
	int64_t new_limit, new_offset; /* after */
	const char *details;           /* or why not */
} windows[] = {
	{"0-9", -1, -1, 10, 0, NULL},
	{"0-0", -1, -1, 1, 0, NULL},
	{"5-", -1, -1, -1, 5, NULL},
	{" 2-3 ", -1, -1, 2, 2, NULL},
	{"0-1", 3, -1, 2, 0, NULL},
	{"0-9", 3, -1, 3, 0, NULL},
	{"1-9", 3, -1, 2, 1, NULL},
	{"5-9", 10, 2, 5, 5, NULL},
	{"0-5", 10, 2, 4, 2, NULL},
	{"0-99", 10, 2, 10, 2, NULL},
	{"5-", 10, 2, 7, 5, NULL},
	{"5-", -1, 7, -1, 7, NULL},
	{"5-9", -1, 7, 3, 7, NULL},
	{"5-", INT64_MAX, 7, INT64_MAX, 7, NULL},
	{"0-9223372036854775807", -1, -1, -1, 0, NULL},
	{"0-9223372036854775806", -1, -1, INT64_MAX, 0, NULL},
	{"0-99999999999999999999", 5, -1, 5, 0, NULL},
	{"1-0", -1, -1, 0, 0, reversed},
	{"99999999999999999999-0", -1, -1, 0, 0, reversed},
	{"0-1", 5, 10, 0, 0, apart},
	{"10-", 5, -1, 0, 0, apart},
	/* an empty page stays one */
	{"1-0", 0, -1, 0, -1, NULL},
	{"5-9", 0, 3, 0, 3, NULL},
	/* no ranges of rows */
	{"", 4, 5, 4, 5, NULL},
	{"bytes=0-9", -1, -1, -1, -1, NULL},
	{"-5", -1, -1, -1, -1, NULL},
	{"-", -1, -1, -1, -1, NULL},
	{"5", -1, -1, -1, -1, NULL},
	{"0-9,20-29", -1, -1, -1, -1, NULL},
	{"0 - 9", -1, -1, -1, -1, NULL},
	{"a-b", -1, -1, -1, -1, NULL},
	{"1--2", -1, -1, -1, -1, NULL},
};

static void the_header_narrows_what_the_query_asks_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
		struct rest_try t;
		struct rest_query q = {.root = {.has_limit = windows[i].limit >= 0,
					       .limit = windows[i].limit,
					       .has_offset = windows[i].offset >= 0,
					       .offset = windows[i].offset}};
		rest_try_start(&t);
		int result = rest_parse_range(str_of(windows[i].header), &q, &t.fault);
		if (windows[i].details) {
			assert_int_equal(result, -1);
			assert_unsatisfiable(&t, windows[i].details);
			assert_window(&q.root, windows[i].limit, windows[i].offset);
		} else {
			assert_int_equal(result, 0);
			assert_window(&q.root, windows[i].new_limit, windows[i].new_offset);
		}
		rest_try_end(&t);
	}
}

static void no_header_is_no_range(void **state)
{
	struct rest_query q = {.has_select = true};
	struct rest_fault f = {.arena = NULL};

	(void)state;
	assert_int_equal(rest_parse_range(STR_NULL, &q, &f), 0);
	assert_window(&q.root, -1, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_limit_and_offset),
		cmocka_unit_test(a_negative_limit_is_refused),
		cmocka_unit_test(the_header_narrows_what_the_query_asks_for),
		cmocka_unit_test(no_header_is_no_range),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

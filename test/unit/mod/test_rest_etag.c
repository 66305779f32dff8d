/* Tags of single rows, and lists of them (RFC 9110 8.8.3, 13.1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/arena.h"
#include "mod/rest/etag.h"
#include "support_rest_request.h"

#define N(a) (sizeof(a) / sizeof *(a))

static struct rest_request *r;

static int setup(void **state)
{
	(void)state;
	r = rrq_new();
	r->target = REST_TARGET_TABLE;
	r->method = REST_GET;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rrq_free(r);
	return 0;
}

static void list_has_the_tag_or_not(void **state)
{
	static const struct {
		const char *list;
		bool weak, strong; /* found when comparing so */
	} cases[] = {
		{"\"a\"", true, true},
		{"W/\"a\"", true, false},
		{"*", true, true},
		{"\"b\", \"a\"", true, true},
		{"\"b\",W/\"a\",\"c\"", true, false},
		{"  \"a\"  ", true, true},
		{"\"b\"", false, false},
		{"a", false, false},
		{"\"A\"", false, false},
		{"", false, false},
		{"w/\"a\"", false, false},
		{"\"a\"x", false, false},
		{",,", false, false},
		{"\"b\", *", true, true},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct str list = str_of(cases[i].list), tag = STR("\"a\"");
		if (rest_etag_in(list, tag, true) != cases[i].weak ||
			rest_etag_in(list, tag, false) != cases[i].strong)
			fail_msg("%s", cases[i].list);
	}
}

static void tag_is_quoted_and_follows_from_the_bytes(void **state)
{
	struct str one = rest_etag_of(r, STR("{\"id\":1}")),
		   two = rest_etag_of(r, STR("{\"id\":2}"));

	(void)state;
	assert_int_equal(one.len, 34);
	assert_true(one.p[0] == '"' && one.p[33] == '"');
	assert_null(memchr(one.p + 1, '"', 32));
	assert_false(str_eq(one, two));
	assert_true(str_eq(one, rest_etag_of(r, STR("{\"id\":1}"))));
}

static const char *tag_header(const char *body)
{
	return arena_printf(r->arena, "ETag: " STR_FMT "\n",
		STR_ARG(rest_etag_of(r, str_of(body))));
}

static void one_row_has_a_tag(void **state)
{
	(void)state;
	assert_false(rest_etag_matches(r, 1, STR("{\"id\":1}")));
	assert_string_equal(rrq_headers(r), tag_header("{\"id\":1}"));
}

static void other_answers_have_none(void **state)
{
	(void)state;
	assert_false(rest_etag_matches(r, 0, STR("[]")));
	assert_false(rest_etag_matches(r, 2, STR("[{},{}]")));
	r->method = REST_PATCH;
	assert_false(rest_etag_matches(r, 1, STR("{}")));
	r->method = REST_GET;
	r->target = REST_TARGET_CALL;
	assert_false(rest_etag_matches(r, 1, STR("{}")));
	assert_string_equal(rrq_headers(r), "");
}

static void client_that_has_it_is_told(void **state)
{
	struct str tag = rest_etag_of(r, STR("{}"));

	(void)state;
	rrq_header(r, "If-None-Match",
		arena_printf(r->arena, "\"other\", W/" STR_FMT, STR_ARG(tag)));
	assert_true(rest_etag_matches(r, 1, STR("{}")));
	assert_false(rest_etag_matches(r, 1, STR("{\"id\":2}")));
}

static void star_is_any_row(void **state)
{
	(void)state;
	rrq_header(r, "If-None-Match", "*");
	assert_true(rest_etag_matches(r, 1, STR("{}")));
	assert_false(rest_etag_matches(r, 0, STR("[]")));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(list_has_the_tag_or_not),
		CASE(tag_is_quoted_and_follows_from_the_bytes),
		CASE(one_row_has_a_tag),
		CASE(other_answers_have_none),
		CASE(client_that_has_it_is_told),
		CASE(star_is_any_row),
	};
	return cmocka_run_group_tests_name("mod/rest_etag", tests, NULL, NULL);
}

/* Headers and status that SQL asks for: response.headers and response.status. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/arena.h"
#include "mod/rest/reply.h"
#include "support_rest_request.h"

#define N(a) (sizeof(a) / sizeof *(a))

static struct rest_request *r;
static int status;

static int setup(void **state)
{
	(void)state;
	r = rrq_new();
	status = 200;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rrq_free(r);
	return 0;
}

static int apply(const char *headers, const char *asked)
{
	struct rest_outcome o = {.headers = str_of(headers), .status = str_of(asked)};

	return rest_reply_gucs(r, &o, &status);
}

static void nothing_was_asked(void **state)
{
	(void)state;
	assert_int_equal(apply(NULL, NULL), 0);
	assert_int_equal(apply("", ""), 0);
	assert_int_equal(apply("[]", NULL), 0);
	assert_int_equal(status, 200);
	assert_string_equal(rrq_headers(r), "");
}

static void headers_replace_ours_and_repeat(void **state)
{
	(void)state;
	rest_answer_header(r, "Content-Location", STR("/x"));
	rest_answer_header(r, "Vary", STR("Accept"));
	assert_int_equal(
		apply("[{\"X-A\": \"1\"}, {\"vary\": \"*\"}, {\"Set-Cookie\": \"a=1\"}, {\"set-cookie\": \"b=2\"}, {\"X-Empty\": \"\"}]",
			NULL),
		0);
	assert_string_equal(rrq_headers(r),
		"Content-Location: /x\nVary: *\nX-A: 1\nSet-Cookie: a=1\nset-cookie: b=2\nX-Empty: \n");
}

static void values_are_text_of_any_kind(void **state)
{
	(void)state;
	assert_int_equal(apply("[{\"X-A\": \"caf\\u00e9 \\\"x\\\"\"}]", NULL), 0);
	assert_string_equal(rrq_headers(r), "X-A: caf\xc3\xa9 \"x\"\n");
}

static void what_is_no_list_of_single_headers_is_refused(void **state)
{
	static const char *const wrong[] = {"{\"X-A\": \"1\"}", "{", "1", "null", "[1]", "[[]]",
		"[{}]", "[{\"a\": \"1\", \"b\": \"2\"}]", "[{\"a\": 1}]", "[{\"a\": null}]",
		"[{\"a\": {}}]", "[{\"\": \"1\"}]", "[{\"a b\": \"1\"}]", "[{\"a:\": \"1\"}]",
		"[{\"a\\n\": \"1\"}]", "[{\"\\u00e9\": \"1\"}]", "[{\"a\": \"1\"}"};

	(void)state;
	for (size_t i = 0; i < N(wrong); i++) {
		r->fault = (struct rest_fault){.arena = r->arena};
		if (apply(wrong[i], NULL) != -1)
			fail_msg("taken: %s", wrong[i]);
		assert_string_equal(rrq_fault(r),
			"500 PGRST111 response.headers guc must be a JSON array composed of objects with a single key and a string value |  | ");
	}
}

static void status_is_taken(void **state)
{
	static const char *const fine[] = {"200", "201", "418", "500", "599"};

	(void)state;
	for (size_t i = 0; i < N(fine); i++) {
		int64_t wanted;
		assert_int_equal(apply(NULL, fine[i]), 0);
		assert_true(str_to_i64(str_of(fine[i]), &wanted));
		assert_int_equal(status, wanted);
	}
}

static void status_that_is_none_is_refused(void **state)
{
	static const char *const wrong[] = {"199", "600", "100", "-1", "x", "2 00", "200.0",
		"9999999999999999999999", "0x1f4"};

	(void)state;
	for (size_t i = 0; i < N(wrong); i++) {
		r->fault = (struct rest_fault){.arena = r->arena};
		if (apply(NULL, wrong[i]) != -1)
			fail_msg("taken: %s", wrong[i]);
		assert_string_equal(rrq_fault(r),
			"500 PGRST112 response.status guc must be a valid status code |  | ");
	}
	assert_int_equal(status, 200);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(nothing_was_asked),
		CASE(headers_replace_ours_and_repeat),
		CASE(values_are_text_of_any_kind),
		CASE(what_is_no_list_of_single_headers_is_refused),
		CASE(status_is_taken),
		CASE(status_that_is_none_is_refused),
	};
	return cmocka_run_group_tests_name("mod/rest_reply_gucs", tests, NULL, NULL);
}

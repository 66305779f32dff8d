/* Cross-origin requests: what a preflight is told, and what an answer says (Fetch standard). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/arena.h"
#include "mod/rest/cors.h"
#include "support_rest_request.h"

static struct rest_request *r;

static int setup(void **state)
{
	(void)state;
	r = rrq_new();
	r->method = REST_OPTIONS;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rrq_free(r);
	return 0;
}

static void preflight_is_answered(void **state)
{
	(void)state;
	rrq_header(r, "Origin", "http://a.test");
	rrq_header(r, "Access-Control-Request-Method", "POST");
	rrq_header(r, "Access-Control-Request-Headers", "Foo,Bar");
	assert_true(rest_cors_preflight(r));
	assert_int_equal(r->answer.status, 200);
	assert_int_equal(r->answer.body.len, 0);
	assert_string_equal(rrq_headers(r),
		"Access-Control-Allow-Origin: *\n"
		"Access-Control-Allow-Methods: GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD\n"
		"Access-Control-Allow-Headers: Authorization, Foo, Bar, Accept, Accept-Language, Content-Language\n"
		"Access-Control-Max-Age: 86400\n");
}

static void preflight_without_headers_is_answered(void **state)
{
	(void)state;
	rrq_header(r, "Origin", "http://a.test");
	rrq_header(r, "Access-Control-Request-Method", "GET");
	assert_true(rest_cors_preflight(r));
	assert_non_null(strstr(rrq_headers(r),
		"Access-Control-Allow-Headers: Authorization, Accept, Accept-Language, Content-Language\n"));
}

static void other_requests_are_no_preflight(void **state)
{
	(void)state;
	assert_false(rest_cors_preflight(r));
	rrq_header(r, "Access-Control-Request-Method", "GET");
	assert_false(rest_cors_preflight(r));
	rrq_header(r, "Origin", "http://a.test");
	r->method = REST_GET;
	assert_false(rest_cors_preflight(r));
	assert_string_equal(rrq_headers(r), "");
	r->method = REST_OPTIONS;
	assert_true(rest_cors_preflight(r));
}

static void options_with_an_origin_alone_is_none(void **state)
{
	(void)state;
	rrq_header(r, "Origin", "http://a.test");
	assert_false(rest_cors_preflight(r));
}

static void listed_origin_may_send_credentials(void **state)
{
	(void)state;
	rrq_set("server-cors-allowed-origins", "http://a.test, http://b.test");
	rrq_header(r, "Origin", "http://b.test");
	rest_cors_answer(r);
	assert_non_null(strstr(rrq_headers(r),
		"Access-Control-Allow-Origin: http://b.test\nAccess-Control-Allow-Credentials: true\nAccess-Control-Expose-Headers: "));
}

static void other_origins_are_told_nothing(void **state)
{
	static const char *const others[] = {"http://c.test", "http://a.test.evil", "http://a.tes",
		"null", "HTTP://A.TEST", "http://a.test:8080"};

	(void)state;
	rrq_set("server-cors-allowed-origins", "http://a.test, http://b.test");
	rrq_header(r, "Access-Control-Request-Method", "GET");
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		rrq_header(r, "Origin", others[i]);
		rest_cors_answer(r);
		assert_true(rest_cors_preflight(r)); /* answered, and not allowed */
		assert_int_equal(r->answer.status, 200);
		assert_string_equal(rrq_headers(r), "");
	}
}

static void answer_names_what_scripts_may_read(void **state)
{
	(void)state;
	rest_cors_answer(r);
	assert_string_equal(rrq_headers(r), "");
	rrq_header(r, "Origin", "http://a.test");
	rest_cors_answer(r);
	assert_non_null(strstr(rrq_headers(r), "Access-Control-Allow-Origin: *\n"));
	assert_null(strstr(rrq_headers(r), "Credentials"));
	assert_non_null(strstr(rrq_headers(r), "Content-Range"));
	assert_non_null(strstr(rrq_headers(r), "Content-Location"));
	assert_non_null(strstr(rrq_headers(r), "Preference-Applied"));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(preflight_is_answered),
		CASE(preflight_without_headers_is_answered),
		CASE(other_requests_are_no_preflight),
		CASE(options_with_an_origin_alone_is_none),
		CASE(listed_origin_may_send_credentials),
		CASE(other_origins_are_told_nothing),
		CASE(answer_names_what_scripts_may_read),
	};
	return cmocka_run_group_tests_name("mod/rest_cors", tests, NULL, NULL);
}

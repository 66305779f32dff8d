/* What the client sends: bodies that are read while they go, and signatures. */
#include "support_fetch.h"

#include <string.h>

static struct {
	size_t len, stop_at;
	int calls;
} from;

static long letters(char *to, size_t n, uint64_t at, void *arg)
{
	assert_ptr_equal(arg, &from);
	from.calls++;
	if (from.stop_at && at >= from.stop_at)
		return 0;
	if (n > 1000) /* less than there is room for */
		n = 1000;
	for (size_t i = 0; i < n; i++)
		to[i] = (char)('a' + (at + i) % 26);
	return (long)n;
}

static const struct http_result *put(const char *path, size_t len, const struct http_aws *aws)
{
	from.len = len;
	from.calls = 0;
	return fetch((struct http_fetch){.url = url_of(path),
		.method = "PUT",
		.source = letters,
		.source_arg = &from,
		.source_len = len,
		.aws = aws});
}

static void a_body_is_read_while_it_is_sent(void **state)
{
	const struct http_result *r = put("/echo", 300 * 1000, NULL);

	(void)state;
	assert_int_equal(r->err.code, 0);
	assert_int_equal(r->body.len, 300 * 1000 + 4);
	for (size_t i = 0; i < 300 * 1000; i++)
		assert_int_equal(r->body.p[4 + i], 'a' + i % 26);
	assert_true(from.calls >= 300);
	assert_str(put("/echo", 0, NULL)->body, "PUT:");
}

static void a_body_that_ends_early_is_an_error(void **state)
{
	(void)state;
	from.stop_at = 5000;
	const struct http_result *r = put("/never", 10000, NULL);
	assert_failed(r, E_BUG, "the body could not be read to its end");
	from.stop_at = 0;
}

static void a_stall_ends_the_call(void **state)
{
	const struct http_result *r =
		fetch((struct http_fetch){.url = url_of("/never"), .stall_s = 1});

	(void)state;
	assert_int_equal(r->err.code, E_TIMEOUT);
}

static void requests_are_signed_for_object_services(void **state)
{
	const struct http_aws aws = {.region = "eu-west-1",
		.service = "s3",
		.key = "AKID",
		.secret = "hidden"};
	const struct http_result *r = put("/echo?a=1&b=2", 26, &aws);
	struct str signature = http_result_header(r, "X-Authorization");

	(void)state;
	assert_true(str_starts(signature, STR("AWS4-HMAC-SHA256 Credential=AKID/")));
	assert_true(str_find(signature, STR("/eu-west-1/s3/aws4_request")) > 0);
	assert_true(str_find(signature, STR("host;x-amz-content-sha256;x-amz-date")) > 0);
	assert_true(str_find(signature, STR("hidden")) < 0);
	assert_str(http_result_header(r, "X-Hash"), "UNSIGNED-PAYLOAD");
	assert_str(r->body, "PUT:abcdefghijklmnopqrstuvwxyz");
	r = fetch((struct http_fetch){.url = url_of("/echo"), .method = "DELETE", .aws = &aws});
	assert_int_equal(http_result_header(r, "X-Hash").len, 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_body_is_read_while_it_is_sent, fetch_setup,
			fetch_teardown),
		cmocka_unit_test_setup_teardown(a_body_that_ends_early_is_an_error, fetch_setup,
			fetch_teardown),
		cmocka_unit_test_setup_teardown(a_stall_ends_the_call, fetch_setup, fetch_teardown),
		cmocka_unit_test_setup_teardown(requests_are_signed_for_object_services,
			fetch_setup, fetch_teardown),
	};
	return cmocka_run_group_tests_name("http/client_send", tests, NULL, NULL);
}

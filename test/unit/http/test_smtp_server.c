#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "http/smtp.h"

static struct arena *a;

static int setup(void **state)
{
	(void)state;
	a = arena_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static struct smtp_server server(const char *url)
{
	struct err e = {.arena = a};
	struct smtp_server s = {0};

	if (smtp_server_parse(a, str_of(url), &s, &e))
		fail_msg("%s: %s", url, e.msg);
	return s;
}

static void equal(struct str got, const char *wanted)
{
	if (!wanted)
		assert_null(got.p);
	else
		assert_string_equal(str_cstr(a, got), wanted);
}

static void takes_a_server_apart(void **state)
{
	(void)state;
	struct smtp_server s = server("smtp://us%40er:p%3Ass@mail.example.org");

	equal(s.host, "mail.example.org");
	assert_int_equal(s.port, 587);
	assert_true(s.starttls);
	assert_false(s.tls_at_once);
	equal(s.user, "us@er");
	equal(s.password, "p:ss");
	s = server("smtps://mail.example.org");
	assert_int_equal(s.port, 465);
	assert_true(s.tls_at_once);
	assert_false(s.starttls);
	equal(s.user, NULL);
	assert_int_equal(server("smtp://h:80").port, 80);
	assert_int_equal(server("smtp://h:2525/").port, 2525);
	equal(server("smtp://[::1]:25").host, "::1");
}

static void tls_is_left_out_only_at_home_or_when_told(void **state)
{
	(void)state;
	assert_false(server("smtp://localhost:25").starttls);
	assert_false(server("smtp://127.0.0.1:25").starttls);
	assert_false(server("smtp://[::1]").starttls);
	assert_true(server("smtp://localhost:25?tls=on").starttls);
	assert_false(server("smtp://mail.example?tls=off").starttls);
	assert_true(server("smtp://127.example.org").starttls);
	assert_true(server("smtp://localhost.example.org").starttls);
	equal(server("smtp://h?ca=/etc/ca.pem").ca_file, "/etc/ca.pem");
}

static void refuses_what_is_no_server(void **state)
{
	static const char *const wrong[] = {"", "mail.example", "http://h", "smtp://",
		"smtp://h/path", "smtp://user@h", "smtp://u:%zz@h", "smtp://h?tls=no",
		"smtp://h?x=1", "smtp://h#f", "smtp://h:0", "smtp://h h"};
	(void)state;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct err e = {.arena = a};
		struct smtp_server s;
		assert_int_equal(smtp_server_parse(a, str_of(wrong[i]), &s, &e), E_INPUT);
		assert_non_null(e.msg);
	}
}

static void takes_addresses_apart(void **state)
{
	struct smtp_address got;
	struct err e = {.arena = a};
	(void)state;

	assert_int_equal(smtp_address_parse(a, STR("a@b.example"), &got, &e), 0);
	equal(got.address, "a@b.example");
	equal(got.name, NULL);
	assert_int_equal(smtp_address_parse(a, STR("1 OAK, Bürö <a@b.example>"), &got, &e), 0);
	equal(got.name, "1 OAK, Bürö");
	equal(got.address, "a@b.example");
	assert_int_equal(smtp_address_parse(a, STR("\"Ada\" <a@b.example> "), &got, &e), 0);
	equal(got.name, "Ada");
}

static void refuses_what_is_no_address(void **state)
{
	static const char *const wrong[] = {"", "a", "a@", "@b", "a@b@c", "a b@c", "<a@b",
		"x <a@b> y", "A\r\nBcc: x <a@b>", "a@b,c@d", "\xff <a@b>"};
	(void)state;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct err e = {.arena = a};
		struct smtp_address got;
		assert_int_equal(smtp_address_parse(a, str_of(wrong[i]), &got, &e), E_INPUT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(takes_a_server_apart, setup, teardown),
		cmocka_unit_test_setup_teardown(tls_is_left_out_only_at_home_or_when_told, setup,
			teardown),
		cmocka_unit_test_setup_teardown(refuses_what_is_no_server, setup, teardown),
		cmocka_unit_test_setup_teardown(takes_addresses_apart, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_what_is_no_address, setup, teardown),
	};
	return cmocka_run_group_tests_name("http/smtp_server", tests, NULL, NULL);
}

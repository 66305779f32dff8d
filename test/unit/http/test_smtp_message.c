#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
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

static const struct smtp_message plain = {.from = {{STR_INIT("plat")},
						  {STR_INIT("noreply@oak.example")}},
	.to = {.address = {STR_INIT("ada@example.org")}},
	.id = {STR_INIT("1-2-3")},
	.date_us = INT64_C(1795262400000000),
	.subject = {STR_INIT("Hello")},
	.text = {STR_INIT("Hi\n")}};

static const char *written(const struct smtp_message *m)
{
	struct buf b;

	buf_init(&b, 0);
	smtp_message_write(&b, m);
	const char *text = str_cstr(a, buf_view(&b));
	buf_done(&b);
	return text;
}

static void writes_a_message(void **state)
{
	(void)state;
	assert_string_equal(written(&plain),
		"Date: Sat, 21 Nov 2026 12:00:00 +0000\r\nFrom: \"plat\" <noreply@oak.example>\r\n"
		"To: <ada@example.org>\r\nSubject: Hello\r\nMessage-ID: <1-2-3@oak.example>\r\n"
		"Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
		"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
		"Hi\r\n\r\n");
}

/* Every header of a message, and no line that is none: nothing was smuggled in. */
static void assert_headers(const char *text)
{
	static const char *const known[] = {"Date: ", "From: ", "To: ", "Subject: ", "Message-ID: ",
		"Auto-Submitted: ", "MIME-Version: ", "Content-Type: ",
		"Content-Transfer-Encoding: ", " "};

	while (strncmp(text, "\r\n", 2)) {
		bool found = false;
		for (size_t i = 0; i < sizeof known / sizeof *known; i++)
			found |= !strncmp(text, known[i], strlen(known[i]));
		assert_true(found);
		const char *end = strstr(text, "\r\n");
		assert_true(end - text <= 78);
		text = end + 2;
	}
}

static void nothing_in_a_field_makes_a_header(void **state)
{
	struct smtp_message m = plain;
	(void)state;

	m.subject = STR("a\r\nBcc: evil@example.org\r\n\r\nbody");
	m.from.name = STR("x\nBcc: y\" <z@example.org>");
	m.to.address = STR("a@b\r\nBcc: c@d");
	const char *text = written(&m);
	assert_headers(text);
	assert_null(strstr(text, "\nBcc"));
}

static void encodes_what_is_not_ascii_in_words_of_whole_characters(void **state)
{
	struct smtp_message m = plain;
	(void)state;

	m.subject = STR("Grüße");
	assert_non_null(strstr(written(&m), "Subject: =?UTF-8?B?R3LDvMOfZQ==?=\r\n"));
	m.subject = STR("aäääääääääääääääääääääääääääääääääääääääääääääääääääääääää");
	assert_headers(written(&m));
	/* 41 bytes, not 42, since the 42nd is half a character. */
	assert_non_null(strstr(written(&m),
		"=?UTF-8?B?YcOkw6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOkw6Q=?=\r\n ="));
	m.subject = STR("=?UTF-8?B?R3LDvMOfZQ==?=");
	assert_null(strstr(written(&m), "Subject: =?UTF-8?B?R3L"));
}

static void quotes_what_a_line_cannot_hold(void **state)
{
	struct smtp_message m = plain;
	(void)state;

	m.text = STR("a=b \n.\nü\r\nx\ry\n\ttab");
	const char *body = strstr(written(&m), "\r\n\r\n") + 4;
	assert_string_equal(body, "a=3Db=20\r\n.\r\n=C3=BC\r\nx=0Dy\r\n\ttab\r\n");
	char long_line[1000];
	memset(long_line, 'w', sizeof long_line);
	m.text = str_from(long_line, sizeof long_line);
	body = strstr(written(&m), "\r\n\r\n") + 4;
	assert_int_equal(strcspn(body, "\r"), 73);
	assert_int_equal(body[72], '=');
}

static void has_both_forms(void **state)
{
	struct smtp_message m = plain;
	(void)state;

	m.html = STR("<p>--=_plat-1-2-3--</p>");
	const char *text = written(&m);
	assert_non_null(strstr(text, "multipart/alternative; boundary=\"=_plat-1-2-3\""));
	assert_non_null(strstr(text, "<p>--=3D_plat-1-2-3--</p>"));
	assert_string_equal(text + strlen(text) - 20, "\r\n--=_plat-1-2-3--\r\n");
}

static void says_where_to_unsubscribe(void **state)
{
	(void)state;
	struct smtp_message m = plain;

	m.unsubscribe_url = STR("https://x.example/u?token=a-b");
	assert_non_null(strstr(written(&m),
		"\r\nList-Unsubscribe: <https://x.example/u?token=a-b>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
	m.unsubscribe_url = STR("http://x.example/u");
	assert_non_null(strstr(written(&m), "\r\nList-Unsubscribe: <http://x.example/u>\r\nAuto"));
	m.unsubscribe_url = STR("https://x.example/u>\r\nBcc: eve@example.org");
	assert_null(strstr(written(&m), "List-Unsubscribe"));
	m.unsubscribe_url = STR("mailto:eve@example.org");
	assert_null(strstr(written(&m), "List-Unsubscribe"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(writes_a_message, setup, teardown),
		cmocka_unit_test_setup_teardown(says_where_to_unsubscribe, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_in_a_field_makes_a_header, setup, teardown),
		cmocka_unit_test_setup_teardown(
			encodes_what_is_not_ascii_in_words_of_whole_characters, setup, teardown),
		cmocka_unit_test_setup_teardown(quotes_what_a_line_cannot_hold, setup, teardown),
		cmocka_unit_test_setup_teardown(has_both_forms, setup, teardown),
	};
	return cmocka_run_group_tests_name("http/smtp_message", tests, NULL, NULL);
}

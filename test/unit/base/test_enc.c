#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/enc.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

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

static void hex_is_lower_case_and_reads_both(void **state)
{
	static const char *const bad[] = {"0", "abc", "0g", "g0", "0x", " 0", "00 ", "-1"};
	struct str bytes = STR("kept");
	unsigned char two[2];
	char text[5] = "";

	(void)state;
	assert_string_equal(enc_hex(a, str_from("\x00\x0f\xa5\xff", 4)).p, "000fa5ff");
	assert_string_equal(enc_hex(a, STR("")).p, "");
	for (size_t i = 0; i < N(bad); i++)
		assert_false(enc_hex_decode(a, str_of(bad[i]), &bytes));
	assert_false(enc_hex_decode(a, STR_NULL, &bytes));
	assert_string_equal(bytes.p, "kept");
	assert_true(enc_hex_decode(a, STR("000FA5fF"), &bytes));
	assert_true(str_eq(bytes, str_from("\x00\x0f\xa5\xff", 4)));
	assert_true(enc_hex_decode(a, STR(""), &bytes) && bytes.len == 0);
	assert_true(enc_hex_read(STR("fE01"), two) && two[0] == 0xfe && two[1] == 1);
	enc_hex_write(text, two, 2);
	assert_string_equal(text, "fe01");
}

/* RFC 4648, section 10, and the letters in which the two alphabets differ. */
static void base64_knows_the_vectors(void **state)
{
	static const struct {
		const char *bytes, *text, *url;
	} cases[] = {
		{"", "", ""},
		{"f", "Zg==", "Zg"},
		{"fo", "Zm8=", "Zm8"},
		{"foo", "Zm9v", "Zm9v"},
		{"foob", "Zm9vYg==", "Zm9vYg"},
		{"fooba", "Zm9vYmE=", "Zm9vYmE"},
		{"foobar", "Zm9vYmFy", "Zm9vYmFy"},
		{"\xfb\xef\xff", "++//", "--__"},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct str bytes = str_of(cases[i].bytes), back;
		assert_string_equal(enc_base64(a, bytes).p, cases[i].text);
		assert_string_equal(enc_base64url(a, bytes).p, cases[i].url);
		assert_true(
			enc_base64_decode(a, str_of(cases[i].text), &back) && str_eq(back, bytes));
		assert_true(enc_base64url_decode(a, str_of(cases[i].url), &back) &&
			str_eq(back, bytes));
	}
}

static void base64_is_strict(void **state)
{
	static const char *const bad[] = {"Z", "Zg", "Zg=", "Zm8", "Zg===", "=",
		"====", "Z===", "Zg==Zg==", "Zh==", "Zm9=", "Zm9v\n", "Zm 9", "-_-_", "Zm=v"};
	static const char *const bad_url[] = {"Z", "Zg==", "Zh", "Zm9", "+/+/", "Zm 9", "Zm9vY",
		"Zg\n"};
	struct str bytes = STR("kept");

	(void)state;
	for (size_t i = 0; i < N(bad); i++)
		assert_false(enc_base64_decode(a, str_of(bad[i]), &bytes));
	for (size_t i = 0; i < N(bad_url); i++)
		assert_false(enc_base64url_decode(a, str_of(bad_url[i]), &bytes));
	assert_false(enc_base64_decode(a, STR_NULL, &bytes));
	assert_false(enc_base64url_decode(a, STR_NULL, &bytes));
	assert_false(enc_base64_decode(a, str_from("Zg\0=", 4), &bytes));
	assert_string_equal(bytes.p, "kept");
}

static void any_bytes_survive_the_way_and_back(void **state)
{
	(void)state;
	for (size_t len = 0; len < 70; len++) {
		unsigned char raw[70];
		crypto_random(raw, len);
		struct str bytes = str_from(raw, len), back;
		assert_true(enc_hex_decode(a, enc_hex(a, bytes), &back) && str_eq(back, bytes));
		assert_true(
			enc_base64_decode(a, enc_base64(a, bytes), &back) && str_eq(back, bytes));
		assert_true(enc_base64url_decode(a, enc_base64url(a, bytes), &back) &&
			str_eq(back, bytes));
		for (size_t i = 0; i < len; i++)
			raw[i] |= 1; /* no NUL */
		assert_true(
			enc_percent_decode(a, enc_percent(a, bytes), &back) && str_eq(back, bytes));
		assert_true(
			enc_form_decode(a, enc_percent(a, bytes), &back) && str_eq(back, bytes));
	}
}

static void percent_encoding_keeps_the_unreserved(void **state)
{
	(void)state;
	assert_string_equal(enc_percent(a, STR("AZaz09-._~")).p, "AZaz09-._~");
	assert_string_equal(enc_percent(a, STR("a b/c?d=e&f+g%h")).p,
		"a%20b%2Fc%3Fd%3De%26f%2Bg%25h");
	assert_string_equal(enc_percent(a, STR("\xc3\xa9@[`{")).p, "%C3%A9%40%5B%60%7B");
}

static void percent_decoding_is_strict(void **state)
{
	static const struct {
		const char *text, *plain, *form;
	} good[] = {
		{"", "", ""},
		{"abc", "abc", "abc"},
		{"a+b", "a+b", "a b"},
		{"%41%2b%2B+", "A+++", "A++ "},
		{"%25%32%35", "%25", "%25"},
		{"%c3%A9", "\xc3\xa9", "\xc3\xa9"},
		{"%01%ff", "\x01\xff", "\x01\xff"},
	};
	static const char *const bad[] = {"%", "%4", "a%", "a%4", "%4g", "%g4", "%%41", "%00",
		"a%00b", "% 41"};
	struct str s = STR("kept");

	(void)state;
	for (size_t i = 0; i < N(bad); i++) {
		assert_false(enc_percent_decode(a, str_of(bad[i]), &s));
		assert_false(enc_form_decode(a, str_of(bad[i]), &s));
	}
	assert_false(enc_percent_decode(a, STR_NULL, &s));
	assert_false(enc_form_decode(a, STR_NULL, &s));
	assert_string_equal(s.p, "kept");
	for (size_t i = 0; i < N(good); i++) {
		assert_true(enc_percent_decode(a, str_of(good[i].text), &s));
		assert_true(str_eq(s, str_of(good[i].plain)));
		assert_true(enc_form_decode(a, str_of(good[i].text), &s));
		assert_true(str_eq(s, str_of(good[i].form)));
	}
}

#define IN_ARENA(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static void base32_knows_the_vectors(void **state)
{
	static const char *const known[][2] = {{"", ""}, {"f", "MY"}, {"fo", "MZXQ"},
		{"foo", "MZXW6"}, {"foob", "MZXW6YQ"}, {"fooba", "MZXW6YTB"},
		{"foobar", "MZXW6YTBOI"},
		{"12345678901234567890", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"}};

	(void)state;
	for (size_t i = 0; i < N(known); i++)
		assert_string_equal(enc_base32(a, str_of(known[i][0])).p, known[i][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ARENA(hex_is_lower_case_and_reads_both),
		IN_ARENA(base32_knows_the_vectors),
		IN_ARENA(base64_knows_the_vectors),
		IN_ARENA(base64_is_strict),
		IN_ARENA(any_bytes_survive_the_way_and_back),
		IN_ARENA(percent_encoding_keeps_the_unreserved),
		IN_ARENA(percent_decoding_is_strict),
	};
	return cmocka_run_group_tests_name("base/enc", tests, NULL, NULL);
}

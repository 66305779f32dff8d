#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/keyring.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

/* The key 00 01 02 ... 1f, whose id is the start of HMAC-SHA256(key, "plat key id"). */
#define HEX "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define ID "542a7274"
#define LINE ID " " HEX " 2026-11-21T12:00:00.000000Z"

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

static void a_new_key_becomes_the_current_one(void **state)
{
	struct keyring *k = keyring_new();

	(void)state;
	assert_null(keyring_current(k).p);
	assert_int_equal(keyring_add(k, 1000000, NULL), 0);
	struct str first = str_copy(a, keyring_current(k));
	assert_int_equal(first.len, KEYRING_ID_LEN);
	assert_int_equal(keyring_add(k, 2000000, NULL), 0);
	assert_false(str_eq(keyring_current(k), first));
	assert_true(str_eq(keyring_id(k, 1), first));
	assert_true(keyring_created_us(k, 0) == 2000000 && keyring_created_us(k, 1) == 1000000);
	assert_int_equal(keyring_len(k), 2);
	assert_null(keyring_id(k, 2).p);
	keyring_free(k);
	keyring_free(NULL);
}

static void the_text_form_reads_back(void **state)
{
	struct keyring *k = keyring_new();
	struct buf first, second;

	(void)state;
	buf_init(&first, 0);
	buf_init(&second, 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(keyring_add(k, 1795262400123456 + i, NULL), 0);
	keyring_format(k, &first);
	struct keyring *back = keyring_parse(buf_view(&first), NULL);
	assert_non_null(back);
	keyring_format(back, &second);
	assert_string_equal(first.p, second.p);
	keyring_free(k);
	keyring_free(back);
	buf_done(&first);
	buf_done(&second);
}

static void the_written_form_is_the_documented_one(void **state)
{
	struct err e = {.arena = a};
	struct keyring *k = keyring_parse(STR("# plat's keys\n\n  " LINE "  \r\n"), &e);
	struct buf b;

	(void)state;
	assert_non_null(k);
	assert_true(str_eq(keyring_current(k), STR(ID)));
	buf_init(&b, 0);
	keyring_format(k, &b);
	assert_string_equal(b.p, LINE "\n");
	buf_done(&b);
	keyring_free(k);
}

static void refuses_a_damaged_text_without_quoting_it(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{"", "there is none"},
		{"# only a comment\n", "there is none"},
		{LINE "\n" LINE, "line 2: this key is there twice"},
		{"542a7275 " HEX " 2026-11-21", "line 1: the id does not fit the key"},
		{ID " 10" HEX " 2026-11-21", "line 1: expected"},
		{ID " zz0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 2026-11-21",
			"line 1: expected"},
		{ID " " HEX, "line 1: expected"},
		{ID " " HEX " yesterday", "line 1: expected"},
		{LINE " more", "line 1: expected"},
		{"\n\nnonsense", "line 3: expected"},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct err e = {.arena = a};
		assert_null(keyring_parse(str_of(cases[i].text), &e));
		assert_int_equal(e.code, E_INPUT);
		if (!strstr(e.msg, cases[i].words))
			print_message("%s\n", e.msg);
		assert_non_null(strstr(e.msg, cases[i].words));
		assert_null(strstr(e.msg, "0102"));
	}
}

static void an_operator_may_write_the_key_in_three_ways(void **state)
{
	static const char *const good[] = {
		HEX,
		"000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F\n",
		"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
		" AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8 ",
	};
	static const char *const bad[] = {"", "secret", HEX "00",
		"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==",
		"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9="};

	(void)state;
	for (size_t i = 0; i < N(good); i++) {
		struct keyring *k = keyring_from_text(str_of(good[i]), NULL);
		assert_non_null(k);
		assert_true(str_eq(keyring_current(k), STR(ID)));
		keyring_free(k);
	}
	for (size_t i = 0; i < N(bad); i++) {
		struct err e = {.arena = a};
		assert_null(keyring_from_text(str_of(bad[i]), &e));
		assert_int_equal(e.code, E_INPUT);
	}
	/* both alphabets of base64 */
	struct keyring *plus =
		keyring_from_text(STR("+/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), NULL);
	struct keyring *minus =
		keyring_from_text(STR("-_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), NULL);
	assert_true(str_eq(keyring_current(plus), keyring_current(minus)));
	keyring_free(plus);
	keyring_free(minus);
}

static void only_old_keys_can_be_removed(void **state)
{
	struct keyring *k = keyring_new();
	struct err e = {.arena = a};

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(keyring_add(k, i, NULL), 0);
	struct str middle = str_copy(a, keyring_id(k, 1)), oldest = str_copy(a, keyring_id(k, 2));
	assert_int_equal(keyring_remove(k, str_copy(a, keyring_current(k)), &e), E_CONFLICT);
	err_clear(&e);
	assert_int_equal(keyring_remove(k, STR("00000000"), &e), E_ABSENT);
	assert_int_equal(keyring_remove(k, middle, NULL), 0);
	assert_int_equal(keyring_len(k), 2);
	assert_true(str_eq(keyring_id(k, 1), oldest));
	keyring_free(k);
}

static void the_number_of_keys_is_limited(void **state)
{
	struct keyring *k = keyring_new();
	struct buf b;

	(void)state;
	for (int i = 0; i < KEYRING_MAX; i++)
		assert_int_equal(keyring_add(k, 0, NULL), 0);
	assert_int_equal(keyring_add(k, 0, NULL), E_LIMIT);
	buf_init(&b, 0);
	keyring_format(k, &b);
	struct keyring *back = keyring_parse(buf_view(&b), NULL);
	assert_int_equal(keyring_len(back), KEYRING_MAX);
	buf_cstr(&b, LINE);
	assert_null(keyring_parse(buf_view(&b), NULL));
	buf_done(&b);
	keyring_free(back);
	keyring_free(k);
}

static void each_purpose_has_its_own_key(void **state)
{
	unsigned char one[CRYPTO_KEY_LEN], two[CRYPTO_KEY_LEN], again[CRYPTO_KEY_LEN];
	struct keyring *k = keyring_from_text(STR(HEX), NULL);

	(void)state;
	assert_true(keyring_derive(k, STR(ID), "one", one));
	assert_true(keyring_derive(k, STR(ID), "two", two));
	assert_true(keyring_derive(k, STR(ID), "one", again));
	assert_memory_equal(one, again, sizeof(one));
	assert_memory_not_equal(one, two, sizeof(one));
	assert_false(keyring_derive(k, STR("00000000"), "one", one));
	assert_false(keyring_derive(k, STR_NULL, "one", one));
	keyring_free(k);
}

#define IN_ARENA(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ARENA(a_new_key_becomes_the_current_one),
		IN_ARENA(the_text_form_reads_back),
		IN_ARENA(the_written_form_is_the_documented_one),
		IN_ARENA(refuses_a_damaged_text_without_quoting_it),
		IN_ARENA(an_operator_may_write_the_key_in_three_ways),
		IN_ARENA(only_old_keys_can_be_removed),
		IN_ARENA(the_number_of_keys_is_limited),
		IN_ARENA(each_purpose_has_its_own_key),
	};
	return cmocka_run_group_tests_name("base/keyring", tests, NULL, NULL);
}

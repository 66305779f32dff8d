#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/keyring.h"
#include "base/secret.h"

#define N(a) (sizeof(a) / sizeof(*(a)))
#define HEX "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static struct arena *a;
static struct keyring *k;
static const struct secret_place place = {{STR_INIT("mls.mls_connections")}, {STR_INIT("42")},
	{STR_INIT("access_token")}};

static int setup(void **state)
{
	(void)state;
	a = arena_new();
	k = keyring_from_text(STR(HEX), NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	keyring_free(k);
	arena_free(a);
	return 0;
}

static void what_was_sealed_opens(void **state)
{
	static const char *const plains[] = {"sesame", "", "a\xc3\xa9\n",
		"0123456789abcdef0123456789abcdef"};
	struct str plain;

	(void)state;
	for (size_t i = 0; i < N(plains); i++) {
		struct str envelope = secret_seal(a, k, place, str_of(plains[i]));
		assert_true(str_starts(envelope, STR("v1.542a7274.")));
		assert_int_equal(secret_open(a, k, place, envelope, &plain, NULL), 0);
		assert_true(str_eq(plain, str_of(plains[i])));
	}
}

static void sealing_twice_gives_different_texts(void **state)
{
	struct str one = secret_seal(a, k, place, STR("sesame"));

	(void)state;
	assert_false(str_eq(one, secret_seal(a, k, place, STR("sesame"))));
}

/* What is in a database must open for ever. */
static void envelopes_of_the_first_release_open(void **state)
{
	struct str plain;

	(void)state;
	assert_int_equal(secret_open(a, k, place,
				 STR("v1.542a7274.bj0AWjjLRyZOibeQBzz6rFRXCFdoE8k3u2SXcI6gAq0IzA"),
				 &plain, NULL),
		0);
	assert_true(str_eq(plain, STR("sesame")));
}

static void an_envelope_opens_only_in_its_place(void **state)
{
	struct secret_place others[] = {place, place, place, place};
	struct str envelope = secret_seal(a, k, place, STR("sesame")), plain = STR("kept");

	(void)state;
	others[0].table = STR("org.key_store");
	others[1].row = STR("43");
	others[2].column = STR("refresh_token");
	others[3].row = STR("42 12:access_token"); /* nor by shifting the borders */
	for (size_t i = 0; i < N(others); i++) {
		struct err e = {.arena = a};
		assert_int_equal(secret_open(a, k, others[i], envelope, &plain, &e), E_CONFLICT);
		assert_null(strstr(e.msg, "sesame"));
	}
	assert_true(str_eq(plain, STR("kept")));
}

static void every_changed_letter_is_noticed(void **state)
{
	struct str envelope = secret_seal(a, k, place, STR("sesame")), plain;
	char *text = str_cstr(a, envelope);

	(void)state;
	for (size_t i = 0; i < envelope.len; i++) {
		char was = text[i];
		text[i] = was == 'A' ? 'B' : 'A';
		assert_int_not_equal(secret_open(a, k, place, str_of(text), &plain, NULL), 0);
		text[i] = was;
	}
	for (size_t n = 0; n < envelope.len; n++)
		assert_int_not_equal(secret_open(a, k, place, str_sub(envelope, 0, n), &plain,
					     NULL),
			0);
}

static void says_which_key_is_missing(void **state)
{
	struct keyring *other = keyring_new();
	struct err e = {.arena = a};
	struct str plain;

	(void)state;
	assert_int_equal(keyring_add(other, 0, NULL), 0);
	struct str envelope = secret_seal(a, k, place, STR("sesame"));
	assert_int_equal(secret_open(a, other, place, envelope, &plain, &e), E_ABSENT);
	assert_non_null(strstr(e.msg, "needs master key 542a7274"));
	keyring_free(other);
}

static void says_what_is_no_envelope(void **state)
{
	static const char *const bad[] = {"", "plain token", "v1.", "v1.542a7274", "v1.542a7274.",
		"v2.542a7274.AAAA", "v1.542a727.AAAA", "v1.542a7274.AAAA", "v1.542a7274.!!!!",
		"v1..AAAA"};

	(void)state;
	for (size_t i = 0; i < N(bad); i++) {
		struct err e = {.arena = a};
		struct str plain;
		assert_int_equal(secret_open(a, k, place, str_of(bad[i]), &plain, &e), E_INPUT);
		assert_string_equal(e.msg,
			"mls.mls_connections.access_token does not hold a sealed secret");
	}
	assert_null(secret_key_id(STR("plain token")).p);
	assert_null(secret_key_id(STR_NULL).p);
}

static void rotation_finds_the_stale_ones(void **state)
{
	struct str envelope = secret_seal(a, k, place, STR("sesame")), plain;

	(void)state;
	assert_false(secret_is_stale(k, envelope));
	assert_int_equal(keyring_add(k, 0, NULL), 0);
	assert_true(secret_is_stale(k, envelope));
	assert_false(secret_is_stale(k, STR("plain token")));
	assert_true(str_eq(secret_key_id(envelope), STR("542a7274")));
	assert_int_equal(secret_open(a, k, place, envelope, &plain, NULL), 0);
	struct str again = secret_seal(a, k, place, plain);
	assert_false(secret_is_stale(k, again));
	assert_int_equal(keyring_remove(k, STR("542a7274"), NULL), 0);
	assert_int_equal(secret_open(a, k, place, again, &plain, NULL), 0);
	assert_int_equal(secret_open(a, k, place, envelope, &plain, NULL), E_ABSENT);
}

#define WITH_KEY(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_KEY(what_was_sealed_opens),
		WITH_KEY(sealing_twice_gives_different_texts),
		WITH_KEY(envelopes_of_the_first_release_open),
		WITH_KEY(an_envelope_opens_only_in_its_place),
		WITH_KEY(every_changed_letter_is_noticed),
		WITH_KEY(says_which_key_is_missing),
		WITH_KEY(says_what_is_no_envelope),
		WITH_KEY(rotation_finds_the_stale_ones),
	};
	return cmocka_run_group_tests_name("base/secret", tests, NULL, NULL);
}

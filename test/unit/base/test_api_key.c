#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/api_key.h"
#include "base/arena.h"
#include "base/enc.h"
#include "base/keyring.h"

#define N(a) (sizeof(a) / sizeof(*(a)))
#define HEX "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static struct arena *a;
static struct keyring *k;
static const struct secret_place place = {{STR_INIT("crm.api_keys")}, {STR_INIT("42")},
	{STR_INIT("key_ciphertext")}};
static const struct api_key first_release = {
	.key_ciphertext = {STR_INIT("v1.542a7274.mzH4ey/VHJmzCyFBjZGYDSbsZpDrwvE=")},
	.nonce = {STR_INIT("PySK5ECZ8dIzSveK")},
	.salt = {STR_INIT("gUGGciGDjQY2aEXtr98EBQ==")},
};

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
	struct api_key one = api_key_seal(a, k, place, STR("sk-test")),
		       two = api_key_seal(a, k, place, STR(""));
	struct str plain, bytes;

	(void)state;
	assert_int_equal(api_key_open(a, k, place, one, &plain, NULL), 0);
	assert_true(str_eq(plain, STR("sk-test")));
	assert_int_equal(api_key_open(a, k, place, two, &plain, NULL), 0);
	assert_true(str_eq(plain, STR("")));
	assert_false(str_eq(one.salt, two.salt));
	assert_false(str_eq(one.nonce, two.nonce));
	assert_true(enc_base64_decode(a, one.salt, &bytes) && bytes.len == 16);
	assert_true(enc_base64_decode(a, one.nonce, &bytes) && bytes.len == 12);
}

/* What is in a database must open for ever. */
static void rows_of_the_first_release_open(void **state)
{
	struct str plain;

	(void)state;
	assert_int_equal(api_key_open(a, k, place, first_release, &plain, NULL), 0);
	assert_true(str_eq(plain, STR("sk-test")));
}

static void a_candidate_is_compared_whole(void **state)
{
	static const struct {
		const char *candidate;
		bool same;
	} cases[] = {{"sk-test", true}, {"sk-tesT", false}, {"sk-test ", false}, {"sk-tes", false},
		{"", false}};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		bool same = !cases[i].same;
		assert_int_equal(api_key_matches(a, k, place, first_release,
					 str_of(cases[i].candidate), &same, NULL),
			0);
		assert_int_equal(same, cases[i].same);
	}
}

static void a_row_opens_only_as_it_was_stored(void **state)
{
	struct secret_place elsewhere = {place.table, STR("43"), place.column};
	struct api_key changed = first_release;
	struct str plain = STR("kept");
	bool same = true;

	(void)state;
	assert_int_equal(api_key_open(a, k, elsewhere, first_release, &plain, NULL), E_CONFLICT);
	changed.salt = STR("hUGGciGDjQY2aEXtr98EBQ==");
	assert_int_equal(api_key_open(a, k, place, changed, &plain, NULL), E_CONFLICT);
	changed = first_release;
	changed.nonce = STR("QySK5ECZ8dIzSveK");
	assert_int_equal(api_key_matches(a, k, place, changed, STR("sk-test"), &same, NULL),
		E_CONFLICT);
	assert_true(same);
	assert_true(str_eq(plain, STR("kept")));
}

static void says_what_is_no_sealed_key(void **state)
{
	struct api_key bad[5];

	(void)state;
	for (size_t i = 0; i < N(bad); i++)
		bad[i] = first_release;
	bad[0].key_ciphertext = STR("sk-plain");
	bad[1].key_ciphertext = STR("v1.542a7274.AAAA");
	bad[2].nonce = STR("AAAA");
	bad[3].salt = STR("!");
	bad[4].salt = STR_NULL;
	for (size_t i = 0; i < N(bad); i++) {
		struct err e = {.arena = a};
		struct str plain;
		assert_int_equal(api_key_open(a, k, place, bad[i], &plain, &e), E_INPUT);
		assert_string_equal(e.msg,
			"crm.api_keys.key_ciphertext does not hold a sealed key");
	}
}

static void rotation_finds_the_stale_ones(void **state)
{
	struct err e = {.arena = a};
	struct str plain;

	(void)state;
	assert_false(api_key_is_stale(k, first_release));
	assert_int_equal(keyring_add(k, 0, NULL), 0);
	assert_true(api_key_is_stale(k, first_release));
	assert_int_equal(api_key_open(a, k, place, first_release, &plain, NULL), 0);
	assert_false(api_key_is_stale(k, api_key_seal(a, k, place, plain)));
	assert_int_equal(keyring_remove(k, STR("542a7274"), NULL), 0);
	assert_int_equal(api_key_open(a, k, place, first_release, &plain, &e), E_ABSENT);
	assert_non_null(strstr(e.msg, "needs master key 542a7274"));
}

#define WITH_KEY(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_KEY(what_was_sealed_opens),
		WITH_KEY(rows_of_the_first_release_open),
		WITH_KEY(a_candidate_is_compared_whole),
		WITH_KEY(a_row_opens_only_as_it_was_stored),
		WITH_KEY(says_what_is_no_sealed_key),
		WITH_KEY(rotation_finds_the_stale_ones),
	};
	return cmocka_run_group_tests_name("base/api_key", tests, NULL, NULL);
}

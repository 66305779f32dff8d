#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/hash.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

static void content_hashes_are_murmur3(void **state)
{
	static const struct {
		const char *text, *hex;
	} cases[] = {
		{"", "00000000000000000000000000000000"},
		{"hello", "cbd8a7b341bd9b025b1e906a48ae1d19"},
		{"hello, world", "342fac623a5ebc8e4cdcbc079642414d"},
		{"19 Jan 2038 at 3:14:07 AM", "b89e5988b737affc664fc2950231b2cb"},
		{"The quick brown fox jumps over the lazy dog.",
			"cd99481f9ee902c9695da1a38987b6e7"},
		{"The quick brown fox jumps over the lazy dog", "e34bbc7bbc071b6c7a433ca9c49a9347"},
	};
	char hex[HASH_128_HEX_SIZE];

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_string_equal(hash_128_hex(hex, hash_128(str_of(cases[i].text))),
			cases[i].hex);
}

static void every_length_and_byte_counts(void **state)
{
	unsigned char text[40] = {0};
	struct hash_128 seen[41];

	(void)state;
	for (size_t n = 0; n <= 40; n++) {
		seen[n] = hash_128(str_from(text, n));
		for (size_t i = 0; i < n; i++)
			assert_false(hash_128_eq(seen[i], seen[n]) && n > 0);
	}
	for (size_t i = 0; i < 40; i++) {
		text[i] ^= 1;
		assert_false(hash_128_eq(hash_128(str_from(text, 40)), seen[40]));
		text[i] ^= 1;
	}
	assert_true(hash_128_eq(hash_128(str_from(text, 40)), seen[40]));
}

/* The vectors of the reference implementation: key 00 01 ... 0f, message 00 01 ... */
static void table_hashes_are_siphash_2_4(void **state)
{
	static const struct {
		size_t len;
		uint64_t hash;
	} cases[] = {
		{0, UINT64_C(0x726fdb47dd0e0e31)},
		{1, UINT64_C(0x74f839c593dc67fd)},
		{2, UINT64_C(0x0d6c8009d9a94f5a)},
		{8, UINT64_C(0x93f5f5799a932462)},
		{15, UINT64_C(0xa129ca6149be45e5)},
	};
	static const struct hash_key key = {UINT64_C(0x0706050403020100),
		UINT64_C(0x0f0e0d0c0b0a0908)};
	unsigned char message[16];

	(void)state;
	for (unsigned char i = 0; i < sizeof(message); i++)
		message[i] = i;
	for (size_t i = 0; i < N(cases); i++)
		assert_true(hash_64(key, str_from(message, cases[i].len)) == cases[i].hash);
}

static void the_process_key_stays(void **state)
{
	struct hash_key a = hash_key_process(), b = hash_key_process();

	(void)state;
	assert_true(a.k0 == b.k0 && a.k1 == b.k1);
	assert_true(a.k0 != 0 || a.k1 != 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(content_hashes_are_murmur3),
		cmocka_unit_test(every_length_and_byte_counts),
		cmocka_unit_test(table_hashes_are_siphash_2_4),
		cmocka_unit_test(the_process_key_stays),
	};
	return cmocka_run_group_tests_name("base/hash", tests, NULL, NULL);
}

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

static struct str unhex(const char *text)
{
	struct str bytes;

	assert_true(enc_hex_decode(a, str_of(text), &bytes));
	return bytes;
}

static void assert_hex(const void *p, size_t len, const char *hex)
{
	assert_string_equal(enc_hex(a, str_from(p, len)).p, hex);
}

/* FIPS 180-4 examples */
static void sha256_knows_the_vectors(void **state)
{
	unsigned char out[CRYPTO_SHA256_LEN];

	(void)state;
	crypto_sha256(STR("abc"), out);
	assert_hex(out, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	crypto_sha256(STR_NULL, out);
	assert_hex(out, 32, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	crypto_sha256(STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), out);
	assert_hex(out, 32, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

/* RFC 4231, cases 1, 2 and 6 */
static void hmac_knows_the_vectors(void **state)
{
	unsigned char out[CRYPTO_SHA256_LEN], key[131];

	(void)state;
	memset(key, 0x0b, 20);
	crypto_hmac_sha256(str_from(key, 20), STR("Hi There"), out);
	assert_hex(out, 32, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	crypto_hmac_sha256(STR("Jefe"), STR("what do ya want for nothing?"), out);
	assert_hex(out, 32, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, 131);
	crypto_hmac_sha256(str_from(key, 131),
		STR("Test Using Larger Than Block-Size Key - Hash Key First"), out);
	assert_hex(out, 32, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

/* RFC 5869, cases A.1 and A.3 */
static void hkdf_knows_the_vectors(void **state)
{
	unsigned char ikm[22], out[42];

	(void)state;
	memset(ikm, 0x0b, 22);
	crypto_hkdf_sha256(str_from(ikm, 22), unhex("000102030405060708090a0b0c"),
		unhex("f0f1f2f3f4f5f6f7f8f9"), out, 42);
	assert_hex(out, 42,
		"3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
	crypto_hkdf_sha256(str_from(ikm, 22), STR_NULL, STR_NULL, out, 42);
	assert_hex(out, 42,
		"8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

/* RFC 7914, section 11 */
static void pbkdf2_knows_the_vectors(void **state)
{
	unsigned char out[64];

	(void)state;
	crypto_pbkdf2_sha256(STR("passwd"), STR("salt"), 1, out, 64);
	assert_hex(out, 64,
		"55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
		"49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783");
	crypto_pbkdf2_sha256(STR("Password"), STR("NaCl"), 80000, out, 64);
	assert_hex(out, 64,
		"4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
		"a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d");
}

/* The test cases 13, 14 and 16 of "The Galois/Counter Mode of Operation" (McGrew, Viega), which
 * NIST's SP 800-38D refers to. */
static const struct {
	const char *key, *nonce, *aad, *plain, *sealed;
} gcm[] = {
	{"0000000000000000000000000000000000000000000000000000000000000000",
		"000000000000000000000000", "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
	{"0000000000000000000000000000000000000000000000000000000000000000",
		"000000000000000000000000", "", "00000000000000000000000000000000",
		"cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
	{"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
		"cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
		"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449"
		"a6b525b16aedf5aa0de657ba637b39",
		"522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056"
		"828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"},
};

static const unsigned char *bytes(const char *hex)
{
	return (const unsigned char *)unhex(hex).p;
}

static void aes_gcm_knows_the_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(gcm); i++) {
		unsigned char out[128];
		struct str plain = unhex(gcm[i].plain), sealed = unhex(gcm[i].sealed),
			   aad = unhex(gcm[i].aad);
		crypto_seal(bytes(gcm[i].key), bytes(gcm[i].nonce), aad, plain, out);
		assert_hex(out, plain.len + CRYPTO_TAG_LEN, gcm[i].sealed);
		assert_true(crypto_open(bytes(gcm[i].key), bytes(gcm[i].nonce), aad, sealed, out));
		assert_hex(out, plain.len, gcm[i].plain);
	}
}

static void a_single_wrong_bit_does_not_open(void **state)
{
	struct str sealed = unhex(gcm[2].sealed), aad = unhex(gcm[2].aad);
	unsigned char *key = (unsigned char *)unhex(gcm[2].key).p, out[128];
	unsigned char *nonce = (unsigned char *)unhex(gcm[2].nonce).p;
	static const unsigned char zeros[128];
	char *text = (char *)(uintptr_t)sealed.p;

	(void)state;
	for (size_t i = 0; i < sealed.len; i++) {
		text[i] ^= 0x10;
		memset(out, 1, sizeof(out));
		assert_false(crypto_open(key, nonce, aad, sealed, out));
		assert_memory_equal(out, zeros, sealed.len - CRYPTO_TAG_LEN);
		text[i] ^= 0x10;
	}
	key[31] ^= 1;
	assert_false(crypto_open(key, nonce, aad, sealed, out));
	key[31] ^= 1;
	nonce[0] ^= 1;
	assert_false(crypto_open(key, nonce, aad, sealed, out));
	nonce[0] ^= 1;
	assert_false(crypto_open(key, nonce, STR("other"), sealed, out));
	assert_false(crypto_open(key, nonce, aad, str_sub(sealed, 0, CRYPTO_TAG_LEN - 1), out));
	assert_false(crypto_open(key, nonce, aad, str_sub(sealed, 0, sealed.len - 1), out));
	assert_false(crypto_open(key, nonce, aad, STR_NULL, out));
	assert_true(crypto_open(key, nonce, aad, sealed, out));
}

static void comparing_looks_at_length_and_bytes(void **state)
{
	(void)state;
	assert_true(crypto_eq(STR("same"), STR("same")));
	assert_true(crypto_eq(STR(""), STR_NULL));
	assert_false(crypto_eq(STR("same"), STR("sama")));
	assert_false(crypto_eq(STR("same"), STR("sam")));
}

static void random_bytes_differ(void **state)
{
	unsigned char x[32], y[32];

	(void)state;
	crypto_random(x, sizeof(x));
	crypto_random(y, sizeof(y));
	assert_memory_not_equal(x, y, sizeof(x));
	crypto_random(x, 0);
}

static void secrets_are_wiped_with_their_arena(void **state)
{
	static char outside[] = "sesame";

	(void)state;
	crypto_wipe_later(a, outside, 6);
	assert_string_equal(outside, "sesame");
	arena_reset(a);
	assert_memory_equal(outside, "\0\0\0\0\0\0", 6);
	crypto_wipe(NULL, 0);
}

#define IN_ARENA(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ARENA(sha256_knows_the_vectors),
		IN_ARENA(hmac_knows_the_vectors),
		IN_ARENA(hkdf_knows_the_vectors),
		IN_ARENA(pbkdf2_knows_the_vectors),
		IN_ARENA(aes_gcm_knows_the_vectors),
		IN_ARENA(a_single_wrong_bit_does_not_open),
		IN_ARENA(comparing_looks_at_length_and_bytes),
		IN_ARENA(random_bytes_differ),
		IN_ARENA(secrets_are_wiped_with_their_arena),
	};
	return cmocka_run_group_tests_name("base/crypto", tests, NULL, NULL);
}

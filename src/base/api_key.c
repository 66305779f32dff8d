#include "base/api_key.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "base/keyring.h"
#include "base/secret_local.h"

#define PURPOSE "plat api key v1"
#define SALT_LEN 16

/* Two keys from one derivation: for the cipher, and for comparing. */
struct row_keys {
	unsigned char cipher[CRYPTO_KEY_LEN], compare[CRYPTO_KEY_LEN];
};

static bool derive(const struct keyring *k, struct str id, struct str salt, struct row_keys *ret)
{
	unsigned char master[CRYPTO_KEY_LEN], row[CRYPTO_KEY_LEN];

	if (!keyring_derive(k, id, PURPOSE, master))
		return false;
	crypto_pbkdf2_sha256(str_from(master, sizeof(master)), salt, API_KEY_ITERATIONS, row,
		sizeof(row));
	crypto_hkdf_sha256(str_from(row, sizeof(row)), STR_NULL, STR("cipher, compare"),
		(unsigned char *)ret, sizeof(*ret));
	crypto_wipe(master, sizeof(master));
	crypto_wipe(row, sizeof(row));
	return true;
}

struct api_key api_key_seal(struct arena *a, const struct keyring *k, struct secret_place at,
	struct str plain)
{
	unsigned char nonce[CRYPTO_NONCE_LEN], salt[SALT_LEN];
	size_t len = plain.len + CRYPTO_TAG_LEN;
	unsigned char *sealed = arena_alloc(a, len);
	struct str id = keyring_current(k);
	struct row_keys keys;

	crypto_random(nonce, sizeof(nonce));
	crypto_random(salt, sizeof(salt));
	if (!derive(k, id, str_from(salt, sizeof(salt)), &keys))
		abort(); /* an empty keyring: the server does not start with one */
	crypto_seal(keys.cipher, nonce, secret_place_text(a, at), plain, sealed);
	crypto_wipe(&keys, sizeof(keys));

	struct str body = enc_base64(a, str_from(sealed, len));
	return (struct api_key){
		.key_ciphertext =
			str_printf(a, "v1." STR_FMT "." STR_FMT, STR_ARG(id), STR_ARG(body)),
		.nonce = enc_base64(a, str_from(nonce, sizeof(nonce))),
		.salt = enc_base64(a, str_from(salt, sizeof(salt))),
	};
}

/* Opens the row and leaves its keys to the caller, who wipes them (whatever the result). */
static int open_row(struct arena *a, const struct keyring *k, struct secret_place at,
	struct api_key stored, struct row_keys *keys, struct str *ret_plain, struct err *e)
{
	struct str id, body, sealed, nonce, salt;

	if (!secret_split(stored.key_ciphertext, &id, &body) ||
		!enc_base64_decode(a, body, &sealed) || sealed.len < CRYPTO_TAG_LEN ||
		!enc_base64_decode(a, stored.nonce, &nonce) || nonce.len != CRYPTO_NONCE_LEN ||
		!enc_base64_decode(a, stored.salt, &salt) || salt.len != SALT_LEN)
		return err_set(e, E_INPUT, STR_FMT "." STR_FMT " does not hold a sealed key",
			STR_ARG(at.table), STR_ARG(at.column));
	if (!derive(k, id, salt, keys))
		return err_set(e, E_ABSENT,
			"the key in " STR_FMT "." STR_FMT " needs master key " STR_FMT
			", which this server does not have",
			STR_ARG(at.table), STR_ARG(at.column), STR_ARG(id));
	return secret_open_body(a, keys->cipher, at, (const unsigned char *)nonce.p, sealed,
		ret_plain, e);
}

int api_key_open(struct arena *a, const struct keyring *k, struct secret_place at,
	struct api_key stored, struct str *ret_plain, struct err *e)
{
	struct row_keys keys;
	int rc = open_row(a, k, at, stored, &keys, ret_plain, e);

	crypto_wipe(&keys, sizeof(keys));
	return rc;
}

/* Comparing HMACs rather than the values takes the same time whatever the lengths, too. */
int api_key_matches(struct arena *a, const struct keyring *k, struct secret_place at,
	struct api_key stored, struct str candidate, bool *ret_same, struct err *e)
{
	unsigned char ours[CRYPTO_SHA256_LEN], theirs[CRYPTO_SHA256_LEN];
	struct row_keys keys;
	struct str plain;
	int rc = open_row(a, k, at, stored, &keys, &plain, e);

	if (rc == 0) {
		struct str key = str_from(keys.compare, sizeof(keys.compare));
		crypto_hmac_sha256(key, plain, ours);
		crypto_hmac_sha256(key, candidate, theirs);
		*ret_same =
			crypto_eq(str_from(ours, sizeof(ours)), str_from(theirs, sizeof(theirs)));
	}
	crypto_wipe(&keys, sizeof(keys));
	return rc;
}

bool api_key_is_stale(const struct keyring *k, struct api_key stored)
{
	return secret_is_stale(k, stored.key_ciphertext);
}

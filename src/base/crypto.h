/* crypto: the few primitives plat uses, on OpenSSL's EVP. The only user of OpenSSL in
 * base; protocols are in secret.h and api_key.h - use those for anything that is stored.
 *
 * Owner    the caller's buffers.
 * Failure  only crypto_open() fails (false: not authentic). Anything else failing in the library
 *          means a broken installation and ends the process.
 * Threads  safe. crypto_pbkdf2() is slow by design: off the loop (loop_work).
 * Units    bytes.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

#define CRYPTO_SHA256_LEN 32
#define CRYPTO_KEY_LEN 32   /* AES-256 */
#define CRYPTO_NONCE_LEN 12 /* GCM */
#define CRYPTO_TAG_LEN 16

void crypto_random(void *p, size_t n);

/* For formats of others that want it, never for anything of ours. */
#define CRYPTO_SHA1_LEN 20
void crypto_sha1(struct str data, unsigned char out[CRYPTO_SHA1_LEN]);

void crypto_sha256(struct str data, unsigned char out[CRYPTO_SHA256_LEN]);
void crypto_hmac_sha256(struct str key, struct str data, unsigned char out[CRYPTO_SHA256_LEN]);

/* RFC 5869. out_len at most 255 * 32. */
void crypto_hkdf_sha256(struct str key, struct str salt, struct str info, unsigned char *out,
	size_t out_len);
/* RFC 8018. About 0.3 microseconds an iteration. */
void crypto_pbkdf2_sha256(struct str password, struct str salt, unsigned iterations,
	unsigned char *out, size_t out_len);

/* AES-256-GCM. out gets plain.len + CRYPTO_TAG_LEN bytes: ciphertext, then tag. The nonce must be
 * used once per key: draw it with crypto_random(). */
void crypto_seal(const unsigned char key[CRYPTO_KEY_LEN],
	const unsigned char nonce[CRYPTO_NONCE_LEN], struct str aad, struct str plain,
	unsigned char *out);

/* The reverse; out gets sealed.len - CRYPTO_TAG_LEN bytes. False, and out wiped, when key, nonce,
 * aad or a single bit differ, or sealed is shorter than a tag. */
bool crypto_open(const unsigned char key[CRYPTO_KEY_LEN],
	const unsigned char nonce[CRYPTO_NONCE_LEN], struct str aad, struct str sealed,
	unsigned char *out) __attribute__((warn_unused_result));

/* Equal, in a time that depends only on the lengths. */
bool crypto_eq(struct str a, struct str b);

/* Overwrites, and is not optimised away. */
void crypto_wipe(void *p, size_t n);

/* Wipes len bytes at p when the arena is freed or reset: for plain secrets inside an arena. */
struct arena;
void crypto_wipe_later(struct arena *a, void *p, size_t len);

/* api_key: the form of crm.api_keys: ciphertext, nonce and salt in columns of their own.
 *
 * Key = PBKDF2-HMAC-SHA256(key derived from the master key, the row's salt of 16 bytes, 100,000
 * iterations); AES-256-GCM with the place (secret.h) as associated data.
 *
 *     key_ciphertext  v1.<key id>.<base64 of ciphertext | tag>
 *     nonce, salt     base64
 *
 * Owner    results live in the arena; plain values are wiped when it is freed or reset.
 * Failure  as secret.h.
 * Threads  safe, each with its own arena. Each call takes tens of milliseconds: off the loop.
 */
#pragma once
#include <stdbool.h>

#include "base/secret.h"

#define API_KEY_ITERATIONS 100000

struct api_key {
	struct str key_ciphertext, nonce, salt;
};

struct api_key api_key_seal(struct arena *a, const struct keyring *k, struct secret_place at,
	struct str plain);

int api_key_open(struct arena *a, const struct keyring *k, struct secret_place at,
	struct api_key stored, struct str *ret_plain, struct err *e) MUST_CHECK;

/* Is this the stored key? Compares HMACs in constant time; the plain value does not leave. */
int api_key_matches(struct arena *a, const struct keyring *k, struct secret_place at,
	struct api_key stored, struct str candidate, bool *ret_same, struct err *e) MUST_CHECK;

bool api_key_is_stale(const struct keyring *k, struct api_key stored);

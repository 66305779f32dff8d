/* secret: a value sealed for one place in the database.
 *
 *     v1.<key id>.<base64url of nonce | ciphertext | tag>
 *
 * AES-256-GCM under a key derived from the master key, fresh random nonce, and the place (table,
 * row, column) as associated data: an envelope copied to another row or column does not open.
 *
 * Owner    results live in the arena; plain values are wiped when it is freed or reset.
 * Failure  E_INPUT not an envelope; E_ABSENT sealed with a key this server does not have;
 *          E_CONFLICT not authentic: changed, or belongs elsewhere. Messages never hold plain text.
 * Threads  safe, each with its own arena. Microseconds: may run on the loop.
 */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct keyring;

/* Where the envelope is stored: ("mls.mls_connections", "<uuid>", "access_token_enc"). */
struct secret_place {
	struct str table, row, column;
};

struct str secret_seal(struct arena *a, const struct keyring *k, struct secret_place at,
	struct str plain);

int secret_open(struct arena *a, const struct keyring *k, struct secret_place at,
	struct str envelope, struct str *ret_plain, struct err *e) MUST_CHECK;

/* The id of the key that sealed it; absent when it is not an envelope. */
struct str secret_key_id(struct str envelope);

/* True when it is an envelope of another than the current key: open and seal it again. */
bool secret_is_stale(const struct keyring *k, struct str envelope);

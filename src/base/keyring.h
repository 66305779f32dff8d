/* keyring: the server's master keys. The first is current and seals; all of them open.
 *
 * The text form, one key a line (the file with mode 0600 is app's business, reading files is I/O):
 *
 *     # comment
 *     3f9a01bc 2b7e...64 hexadecimal digits... 2026-11-21T12:00:00.000000Z
 *
 * A key's id is the first eight digits of HMAC-SHA256(key, "plat key id"): it names the key without
 * telling anything about it, and a line whose id does not fit its key is refused as damaged.
 *
 * Owner    keyring_free(), which wipes. Lives as long as the process.
 * Failure  NULL or E_* with words that never hold key material.
 * Threads  read from any; changed only at the start and by `plat secrets rotate`.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/crypto.h"
#include "base/err.h"
#include "base/str.h"

struct buf;
struct keyring;

#define KEYRING_ID_LEN 8
#define KEYRING_MAX 64

struct keyring *keyring_new(void); /* empty: add a key before use */
void keyring_free(struct keyring *k);

struct keyring *keyring_parse(struct str text, struct err *e) MUST_CHECK;

/* One key as an operator writes it in PLAT_MASTER_KEY: 64 hexadecimal digits, or 32 bytes in base64
 * or base64url (padding optional). Spaces around are ignored. */
struct keyring *keyring_from_text(struct str key, struct err *e) MUST_CHECK;

/* Draws a fresh random key and makes it the current one. E_LIMIT when full. */
int keyring_add(struct keyring *k, int64_t created_us, struct err *e) MUST_CHECK;

/* Forgets a key that is not current and no longer used. E_ABSENT, or E_CONFLICT for the current
 * one. */
int keyring_remove(struct keyring *k, struct str id, struct err *e) MUST_CHECK;

/* Appends the text form. It holds the keys: write it only to the key file, then wipe the buf. */
void keyring_format(const struct keyring *k, struct buf *b);

size_t keyring_len(const struct keyring *k);
struct str keyring_id(const struct keyring *k, size_t i); /* 0 = current; absent beyond the end */
int64_t keyring_created_us(const struct keyring *k, size_t i);
struct str keyring_current(const struct keyring *k); /* id of the current key; absent when empty */

/* A key for one purpose ("envelope v1"), by HKDF from master key `id`. False: no such key. */
bool keyring_derive(const struct keyring *k, struct str id, const char *purpose,
	unsigned char out[CRYPTO_KEY_LEN]) MUST_CHECK;

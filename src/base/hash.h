/* hash: fast hashes that are no cryptography.
 *
 * Owner    values. Failure none. Threads pure.
 *
 * hash_128 is MurmurHash3_x64_128 with seed 0: for "has this row changed?". The result is the same
 * on every machine and release, so it may be stored. Somebody who chooses both texts can make them
 * collide: where that matters take crypto_sha256().
 *
 * hash_64 is SipHash-2-4 under a secret 128-bit key: for tables whose keys strangers choose.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct hash_128 {
	uint64_t hi, lo;
};

struct hash_128 hash_128(struct str s);
bool hash_128_eq(struct hash_128 a, struct hash_128 b);

#define HASH_128_HEX_SIZE 33
char *hash_128_hex(char out[HASH_128_HEX_SIZE], struct hash_128 h); /* returns out */

struct hash_key {
	uint64_t k0, k1;
};

uint64_t hash_64(struct hash_key key, struct str s);
struct hash_key hash_key_process(void); /* random, drawn once per process */

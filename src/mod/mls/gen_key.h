/* gen_key: the keys of generated listings. They look random, yet slot and turn can be read back from
 * them, so that a listing is found without an index.
 *
 * Owner    values. Failure none. Threads pure.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define GEN_SLOTS_MAX (1 << 24) /* what fits beside a turn into 32 bits */

/* ListingKey: 32 hexadecimal digits; the high half orders like the text. */
#define GEN_KEY_SIZE 33
char *gen_key_format(char out[GEN_KEY_SIZE], uint64_t seed, uint32_t slot, int32_t turn);
uint64_t gen_key_high(uint64_t seed, uint32_t slot, int32_t turn);

/* False for a key that this seed never made. */
bool gen_key_parse(struct str text, uint64_t seed, uint32_t *ret_slot, int32_t *ret_turn);

/* ListingKeyNumeric, and the digits of ListingId: another one for each listing that stands in a feed
 * at one time, and within 256 turns of a slot. */
uint32_t gen_key_number(uint32_t slot, int32_t turn);

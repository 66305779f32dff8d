#include "mod/mls/gen_key.h"

#include <string.h>

#include "mod/mls/gen_rand.h"
#include "mod/mls/gen_text.h"

#define KEY_SALT UINT64_C(0x6c697374696e6773)

uint64_t gen_key_high(uint64_t seed, uint32_t slot, int32_t turn)
{
	return gen_mix(((uint64_t)(uint32_t)turn << 32 | slot) ^ gen_mix(seed ^ KEY_SALT));
}

static uint64_t key_low(uint64_t seed, uint64_t high)
{
	return gen_mix(gen_mix(high ^ KEY_SALT) + seed);
}

char *gen_key_format(char out[GEN_KEY_SIZE], uint64_t seed, uint32_t slot, int32_t turn)
{
	struct gen_out o = gen_out_of(out, GEN_KEY_SIZE);
	uint64_t high = gen_key_high(seed, slot, turn);

	gen_add_hex(&o, high);
	gen_add_hex(&o, key_low(seed, high));
	return out;
}

static bool hex64(const char *p, uint64_t *ret_n)
{
	uint64_t n = 0;

	for (int i = 0; i < 16; i++) {
		const char *digits = "0123456789abcdef", *at = memchr(digits, p[i], 16);
		if (!at)
			return false;
		n = n << 4 | (uint64_t)(at - digits);
	}
	*ret_n = n;
	return true;
}

bool gen_key_parse(struct str text, uint64_t seed, uint32_t *ret_slot, int32_t *ret_turn)
{
	uint64_t high, low;

	if (text.len != GEN_KEY_SIZE - 1 || !hex64(text.p, &high) || !hex64(text.p + 16, &low))
		return false;
	if (low != key_low(seed, high))
		return false;
	uint64_t packed = gen_unmix(high) ^ gen_mix(seed ^ KEY_SALT);
	*ret_slot = (uint32_t)packed;
	*ret_turn = (int32_t)(packed >> 32);
	return true;
}

/* A bijection of 32 bits (the finalizer of MurmurHash3). */
uint32_t gen_key_number(uint32_t slot, int32_t turn)
{
	uint32_t x = (uint32_t)turn << 24 | slot;

	x = (x ^ (x >> 16)) * 0x85ebca6b;
	x = (x ^ (x >> 13)) * 0xc2b2ae35;
	return x ^ (x >> 16);
}

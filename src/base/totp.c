#include "base/totp.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/crypto.h"

#define SHA1_LEN 20

char *totp_code(char out[TOTP_CODE_SIZE], struct str key, int64_t step)
{
	unsigned char counter[8], mac[SHA1_LEN];

	for (int i = 0; i < 8; i++)
		counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
	if (key.len > INT_MAX ||
		!HMAC(EVP_sha1(), key.p, (int)key.len, counter, sizeof counter, mac, NULL))
		abort();
	const unsigned char *at = mac + (mac[SHA1_LEN - 1] & 15);
	uint32_t number = ((uint32_t)at[0] & 127) << 24 | (uint32_t)at[1] << 16 |
		(uint32_t)at[2] << 8 | at[3];
	snprintf(out, TOTP_CODE_SIZE, "%06u", number % 1000000U);
	return out;
}

int64_t totp_find_step(struct str key, struct str code, int64_t now_s)
{
	int64_t now = now_s / TOTP_STEP_S, found = -1;
	char text[TOTP_CODE_SIZE];

	for (int64_t step = now - 1; step <= now + 1; step++)
		if (crypto_eq(str_of(totp_code(text, key, step)), code))
			found = step;
	return found;
}

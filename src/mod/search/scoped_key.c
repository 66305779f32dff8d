#include "mod/search/scoped_key.h"

#include "base/arena.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "base/err.h"
#include "base/json.h"

#define DIGEST 44 /* 32 bytes in base64 */

bool search_scoped_key_read(struct arena *a, struct str text, struct search_scoped_key *ret)
{
	struct err e = {.arena = a};
	struct search_scoped_key k = {0};
	struct str plain;

	if (text.len > SCOPED_KEY_MAX || !enc_base64_decode(a, text, &plain) ||
		plain.len < DIGEST + SCOPED_KEY_PREFIX + 2 || !str_is_utf8(plain))
		return false;
	k.digest = str_sub(plain, 0, DIGEST);
	k.prefix = str_sub(plain, DIGEST, DIGEST + SCOPED_KEY_PREFIX);
	k.params = str_sub(plain, DIGEST + SCOPED_KEY_PREFIX, plain.len);
	k.json = json_parse(a, k.params, &e);
	if (json_type(k.json) != JSON_OBJECT)
		return false;
	const struct json *expires = json_get(k.json, "expires_at");
	double seconds;
	if (json_type(expires) != JSON_ABSENT) {
		/* A limit that cannot be read is none that can be kept. */
		if (!json_to_f64(expires, &seconds) || seconds < 1 || seconds > 1e15)
			return false;
		k.expires_s = (int64_t)seconds;
	}
	*ret = k;
	return true;
}

bool search_scoped_key_is_of(struct arena *a, const struct search_scoped_key *k, struct str parent)
{
	unsigned char mac[CRYPTO_SHA256_LEN];

	crypto_hmac_sha256(parent, k->params, mac);
	return crypto_eq(enc_base64(a, str_from(mac, sizeof mac)), k->digest);
}

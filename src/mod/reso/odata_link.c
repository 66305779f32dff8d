#include "mod/reso/odata_link.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/enc.h"

#define VERSION 1
#define MAC_LEN 16
#define HEAD_LEN (1 + MAC_LEN + 2) /* version, mac, length of the cursor */

/* Over everything but itself, and over whom it is for. */
static void mac_of(struct arena *a, struct str key, struct str audience, struct str raw,
	unsigned char out[CRYPTO_SHA256_LEN])
{
	struct str text = STR_JOIN(a, STR("plat.odata.link\0"), audience, str_from("\0", 1),
		str_sub(raw, 0, 1), str_sub(raw, 1 + MAC_LEN, raw.len));

	crypto_hmac_sha256(key, text, out);
}

struct str odata_link_seal(struct arena *a, struct str key, struct str audience,
	const struct odata_link *link)
{
	size_t len = HEAD_LEN + link->cursor.len + link->options.len;
	unsigned char *raw, mac[CRYPTO_SHA256_LEN];

	assert(link->cursor.len <= ODATA_CURSOR_MAX && len <= ODATA_LINK_MAX / 4 * 3);
	raw = arena_alloc(a, len);
	raw[0] = VERSION;
	raw[1 + MAC_LEN] = (unsigned char)(link->cursor.len >> 8);
	raw[2 + MAC_LEN] = (unsigned char)link->cursor.len;
	if (link->cursor.len)
		memcpy(raw + HEAD_LEN, link->cursor.p, link->cursor.len);
	if (link->options.len)
		memcpy(raw + HEAD_LEN + link->cursor.len, link->options.p, link->options.len);
	mac_of(a, key, audience, str_from(raw, len), mac);
	memcpy(raw + 1, mac, MAC_LEN);
	return enc_base64url(a, str_from(raw, len));
}

static int strange(struct odata_fault *f)
{
	return odata_fault_set(f, 400, "$skiptoken", 0,
		"$skiptoken: this link was changed, or was not made by this service for this consumer and path; begin "
		"again with the first request");
}

int odata_link_open(struct arena *a, struct str key, struct str audience, struct str token,
	struct odata_link *ret_link, struct odata_fault *f)
{
	unsigned char mac[CRYPTO_SHA256_LEN];
	struct str raw;

	if (!key.p || token.len > ODATA_LINK_MAX || !enc_base64url_decode(a, token, &raw) ||
		raw.len < HEAD_LEN || raw.p[0] != VERSION)
		return strange(f);
	mac_of(a, key, audience, raw, mac);
	if (!crypto_eq(str_from(mac, MAC_LEN), str_sub(raw, 1, 1 + MAC_LEN)))
		return strange(f);
	size_t n =
		(size_t)(unsigned char)raw.p[1 + MAC_LEN] << 8 | (unsigned char)raw.p[2 + MAC_LEN];
	if (n > raw.len - HEAD_LEN)
		return strange(f);
	ret_link->cursor = str_sub(raw, HEAD_LEN, HEAD_LEN + n);
	ret_link->options = str_sub(raw, HEAD_LEN + n, raw.len);
	return 0;
}

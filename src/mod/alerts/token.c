#include "mod/alerts/token.h"

#include <string.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "base/keyring.h"

#define VERSION 1
#define KEY_ID_LEN (KEYRING_ID_LEN / 2)
#define MAC_LEN 16

/* As it is signed: bytes alone, so that there is no padding between them. */
struct wire {
	unsigned char version, key_id[KEY_ID_LEN];
	unsigned char workspace[16], person[16], search[16];
	unsigned char mac[MAC_LEN];
};
_Static_assert(sizeof(struct wire) == 1 + KEY_ID_LEN + 3 * 16 + MAC_LEN, "no padding");

static bool sign(const struct keyring *keyring, const struct wire *w, unsigned char mac[MAC_LEN])
{
	unsigned char key[CRYPTO_KEY_LEN], whole[CRYPTO_SHA256_LEN];
	char id[KEYRING_ID_LEN];

	enc_hex_write(id, w->key_id, sizeof w->key_id);
	if (!keyring_derive(keyring, str_from(id, sizeof id), "unsubscribe v1", key))
		return false;
	crypto_hmac_sha256(str_from(key, sizeof key), str_from(w, offsetof(struct wire, mac)),
		whole);
	crypto_wipe(key, sizeof key);
	memcpy(mac, whole, MAC_LEN);
	return true;
}

struct str alerts_token_write(struct arena *a, const struct keyring *keyring,
	const struct alerts_token *token)
{
	struct wire w = {.version = VERSION};
	struct str id = keyring_current(keyring);

	if (id.len != KEYRING_ID_LEN || !enc_hex_read(id, w.key_id))
		return STR_NULL;
	memcpy(w.workspace, token->workspace.b, sizeof w.workspace);
	memcpy(w.person, token->person.b, sizeof w.person);
	memcpy(w.search, token->search.b, sizeof w.search);
	if (!sign(keyring, &w, w.mac))
		return STR_NULL;
	return enc_base64url(a, str_from(&w, sizeof w));
}

bool alerts_token_read(struct arena *a, const struct keyring *keyring, struct str text,
	struct alerts_token *ret_token)
{
	unsigned char mac[MAC_LEN];
	struct str bytes;
	struct wire w;

	if (text.len > 2 * sizeof w || !enc_base64url_decode(a, text, &bytes) ||
		bytes.len != sizeof w)
		return false;
	memcpy(&w, bytes.p, sizeof w);
	if (w.version != VERSION || !sign(keyring, &w, mac) ||
		!crypto_eq(str_from(mac, sizeof mac), str_from(w.mac, sizeof w.mac)))
		return false;
	memcpy(ret_token->workspace.b, w.workspace, sizeof w.workspace);
	memcpy(ret_token->person.b, w.person, sizeof w.person);
	memcpy(ret_token->search.b, w.search, sizeof w.search);
	return true;
}

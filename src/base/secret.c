#include "base/secret.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "base/keyring.h"
#include "base/secret_local.h"

#define PURPOSE "plat envelope v1"

/* Lengths in front, so that no two places give the same text. */
struct str secret_place_text(struct arena *a, struct secret_place at)
{
	return str_printf(a, "plat v1 %zu:" STR_FMT " %zu:" STR_FMT " %zu:" STR_FMT, at.table.len,
		STR_ARG(at.table), at.row.len, STR_ARG(at.row), at.column.len, STR_ARG(at.column));
}

/* "v1", key id, rest */
bool secret_split(struct str envelope, struct str *ret_id, struct str *ret_body)
{
	struct str rest = envelope;
	struct str version = str_cut(&rest, '.');
	struct str id = str_cut(&rest, '.');

	if (!str_eq(version, STR("v1")) || id.len != KEYRING_ID_LEN || !rest.p)
		return false;
	*ret_id = id;
	*ret_body = rest;
	return true;
}

struct str secret_seal(struct arena *a, const struct keyring *k, struct secret_place at,
	struct str plain)
{
	size_t len = CRYPTO_NONCE_LEN + plain.len + CRYPTO_TAG_LEN;
	unsigned char key[CRYPTO_KEY_LEN], *sealed = arena_alloc(a, len);
	struct str id = keyring_current(k);

	if (!keyring_derive(k, id, PURPOSE, key))
		abort(); /* an empty keyring: the server does not start with one */
	crypto_random(sealed, CRYPTO_NONCE_LEN);
	crypto_seal(key, sealed, secret_place_text(a, at), plain, sealed + CRYPTO_NONCE_LEN);
	crypto_wipe(key, sizeof(key));

	struct str body = enc_base64url(a, str_from(sealed, len));
	return str_printf(a, "v1." STR_FMT "." STR_FMT, STR_ARG(id), STR_ARG(body));
}

int secret_open_body(struct arena *a, const unsigned char *key, struct secret_place at,
	const unsigned char *nonce, struct str sealed, struct str *ret_plain, struct err *e)
{
	size_t len = sealed.len - CRYPTO_TAG_LEN;
	unsigned char *plain = arena_zalloc(a, len + 1);

	crypto_wipe_later(a, plain, len);
	if (!crypto_open(key, nonce, secret_place_text(a, at), sealed, plain))
		return err_set(e, E_CONFLICT,
			"the secret of " STR_FMT "." STR_FMT
			" does not open: it was changed or belongs to another row",
			STR_ARG(at.table), STR_ARG(at.column));
	*ret_plain = str_from(plain, len);
	return 0;
}

int secret_open(struct arena *a, const struct keyring *k, struct secret_place at,
	struct str envelope, struct str *ret_plain, struct err *e)
{
	unsigned char key[CRYPTO_KEY_LEN];
	struct str id, body, bytes;

	if (!secret_split(envelope, &id, &body) || !enc_base64url_decode(a, body, &bytes) ||
		bytes.len < CRYPTO_NONCE_LEN + CRYPTO_TAG_LEN)
		return err_set(e, E_INPUT, STR_FMT "." STR_FMT " does not hold a sealed secret",
			STR_ARG(at.table), STR_ARG(at.column));
	if (!keyring_derive(k, id, PURPOSE, key))
		return err_set(e, E_ABSENT,
			"the secret of " STR_FMT "." STR_FMT " needs master key " STR_FMT
			", which this server does not have",
			STR_ARG(at.table), STR_ARG(at.column), STR_ARG(id));
	int rc = secret_open_body(a, key, at, (const unsigned char *)bytes.p,
		str_sub(bytes, CRYPTO_NONCE_LEN, bytes.len), ret_plain, e);
	crypto_wipe(key, sizeof(key));
	return rc;
}

struct str secret_key_id(struct str envelope)
{
	struct str id, body;

	return secret_split(envelope, &id, &body) ? id : STR_NULL;
}

bool secret_is_stale(const struct keyring *k, struct str envelope)
{
	struct str id = secret_key_id(envelope);

	return id.p && !str_eq(id, keyring_current(k));
}

/* New keys, and keys as JSON. */
#include "base/jwk.h"

#include <assert.h>
#include <stdlib.h>

#include <openssl/ec.h>
#include <openssl/rsa.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/jwk_local.h"

#define NEW_RSA_BITS 2048
#define ROOM 8192
#define NEW_SECRET 64 /* as many as the longest HMAC has */

static EVP_PKEY *pkey_new(enum jwk_kind kind)
{
	EVP_PKEY *key = kind == JWK_RSA ? EVP_RSA_gen(NEW_RSA_BITS)
		: kind == JWK_ED25519   ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")
					: EVP_EC_gen(jwk_kind_curve(kind));

	if (!key)
		abort();
	return key;
}

const struct jwk *jwk_new(struct arena *a, enum jwk_alg alg)
{
	struct jwk *k = jwk_in(a, jwk_how(alg)->kind);

	k->alg = alg;
	k->is_private = true;
	if (k->kind == JWK_OCT) {
		char *secret = arena_alloc(a, NEW_SECRET);
		crypto_random(secret, NEW_SECRET);
		crypto_wipe_later(a, secret, NEW_SECRET);
		k->secret = str_from(secret, NEW_SECRET);
	} else {
		k->pkey = pkey_new(k->kind);
	}
	k->kid = jwk_thumbprint(a, k);
	return k;
}

static const char *kty(enum jwk_kind kind)
{
	return kind == JWK_OCT        ? "oct"
		: kind == JWK_RSA     ? "RSA"
		: kind == JWK_ED25519 ? "OKP"
				      : "EC";
}

static void write_secret(struct jsonw *w, const struct jwk *k)
{
	struct arena *a = arena_new();
	struct str text = enc_base64url(a, k->secret);

	crypto_wipe_later(a, (void *)(uintptr_t)text.p, text.len);
	jsonw_key(w, "k"), jsonw_str(w, text);
	arena_free(a);
}

void jwk_write(struct jsonw *w, const struct jwk *k, bool with_private)
{
	assert(k->kind != JWK_OCT || with_private);
	jsonw_obj(w);
	jsonw_key(w, "kty"), jsonw_cstr(w, kty(k->kind));
	if (jwk_kind_curve(k->kind))
		jsonw_key(w, "crv"), jsonw_cstr(w, jwk_kind_curve(k->kind));
	if (k->kid.p)
		jsonw_key(w, "kid"), jsonw_str(w, k->kid);
	jsonw_key(w, "use"), jsonw_cstr(w, "sig");
	if (k->alg != JWK_ANY)
		jsonw_key(w, "alg"), jsonw_cstr(w, jwk_alg_name(k->alg));
	if (k->kind == JWK_OCT)
		write_secret(w, k);
	else
		jwk_pkey_write(w, k, with_private);
	jsonw_end(w);
}

void jwk_set_write(struct jsonw *w, const struct jwk_set *set)
{
	jsonw_obj(w);
	jsonw_key(w, "keys"), jsonw_arr(w);
	for (size_t i = 0; i < set->n; i++)
		if (set->keys[i]->kind != JWK_OCT)
			jwk_write(w, set->keys[i], false);
	jsonw_end(w);
	jsonw_end(w);
}

/* The members that make a key, in the order that RFC 7638 wants. */
static void write_essence(struct jsonw *w, const struct json *key)
{
	static const char *const members[] = {"crv", "e", "k", "kty", "n", "x", "y"};

	jsonw_obj(w);
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		const struct json *v = json_get(key, members[i]);
		if (v)
			jsonw_key(w, members[i]), jsonw_json(w, v);
	}
	jsonw_end(w);
}

struct str jwk_thumbprint(struct arena *a, const struct jwk *k)
{
	unsigned char sum[CRYPTO_SHA256_LEN];
	struct arena *own = arena_new();
	struct buf whole, essence;

	/* All room at once: growing would leave copies of a secret in freed memory. */
	buf_init(&whole, 0), buf_init(&essence, 0);
	if (!buf_reserve(&whole, ROOM) || !buf_reserve(&essence, ROOM))
		abort();
	struct jsonw w = jsonw_to(&whole);
	jwk_write(&w, k, k->kind == JWK_OCT);
	w = jsonw_to(&essence);
	write_essence(&w, json_parse_insitu(own, &whole, NULL));
	crypto_sha256(buf_view(&essence), sum);
	crypto_wipe(whole.p, whole.len);
	crypto_wipe(essence.p, essence.len);
	buf_done(&whole), buf_done(&essence);
	arena_free(own);
	return enc_base64url(a, str_from(sum, sizeof(sum)));
}

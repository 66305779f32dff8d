#include "base/jwk.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/jwk_local.h"

static const struct jwk_how hows[JWK_ALGS] = {
	[JWK_HS256] = {"HS256", JWK_OCT, EVP_sha256, false},
	[JWK_HS384] = {"HS384", JWK_OCT, EVP_sha384, false},
	[JWK_HS512] = {"HS512", JWK_OCT, EVP_sha512, false},
	[JWK_RS256] = {"RS256", JWK_RSA, EVP_sha256, false},
	[JWK_RS384] = {"RS384", JWK_RSA, EVP_sha384, false},
	[JWK_RS512] = {"RS512", JWK_RSA, EVP_sha512, false},
	[JWK_PS256] = {"PS256", JWK_RSA, EVP_sha256, true},
	[JWK_PS384] = {"PS384", JWK_RSA, EVP_sha384, true},
	[JWK_PS512] = {"PS512", JWK_RSA, EVP_sha512, true},
	[JWK_ES256] = {"ES256", JWK_P256, EVP_sha256, false},
	[JWK_ES384] = {"ES384", JWK_P384, EVP_sha384, false},
	[JWK_ES512] = {"ES512", JWK_P521, EVP_sha512, false},
	[JWK_EDDSA] = {"EdDSA", JWK_ED25519, NULL, false},
};

const struct jwk_how *jwk_how(enum jwk_alg alg)
{
	assert(alg > JWK_ANY && alg < JWK_ALGS);
	return &hows[alg];
}

bool jwk_alg_parse(struct str name, enum jwk_alg *ret_alg)
{
	for (int alg = JWK_ANY + 1; alg < JWK_ALGS; alg++)
		if (str_eq(name, str_of(hows[alg].name))) {
			*ret_alg = (enum jwk_alg)alg;
			return true;
		}
	return false;
}

const char *jwk_alg_name(enum jwk_alg alg)
{
	return alg == JWK_ANY ? "any" : jwk_how(alg)->name;
}

bool jwk_fits(const struct jwk *k, enum jwk_alg alg)
{
	return alg != JWK_ANY && k->kind == jwk_how(alg)->kind &&
		(k->alg == JWK_ANY || k->alg == alg);
}

enum jwk_alg jwk_alg(const struct jwk *k)
{
	if (k->alg != JWK_ANY)
		return k->alg;
	switch (k->kind) {
	case JWK_OCT: return JWK_HS256;
	case JWK_RSA: return JWK_RS256;
	case JWK_P256: return JWK_ES256;
	case JWK_P384: return JWK_ES384;
	case JWK_P521: return JWK_ES512;
	case JWK_ED25519: return JWK_EDDSA;
	}
	abort();
}

/* With a key that was checked when it was read, OpenSSL fails only when it is broken. */
static void must(int ok)
{
	if (ok != 1)
		abort();
}

static const unsigned char *bytes(struct str s)
{
	return (const unsigned char *)(s.p ? s.p : "");
}

static struct str hmac(const struct jwk *k, const struct jwk_how *how, struct str data,
	unsigned char out[EVP_MAX_MD_SIZE])
{
	unsigned len = 0;

	assert(k->secret.len <= INT_MAX);
	must(HMAC(how->md(), bytes(k->secret), (int)k->secret.len, bytes(data), data.len, out,
		     &len) != NULL);
	return str_from(out, len);
}

static void pad(EVP_PKEY_CTX *p, const struct jwk_how *how)
{
	if (!how->pss)
		return;
	must(EVP_PKEY_CTX_set_rsa_padding(p, RSA_PKCS1_PSS_PADDING));
	must(EVP_PKEY_CTX_set_rsa_pss_saltlen(p, RSA_PSS_SALTLEN_DIGEST));
}

/* JOSE writes r and s side by side where X.509 has them as a SEQUENCE. NULL when the length is wrong. */
static unsigned char *ecdsa_to_der(struct str raw, size_t half, int *ret_len)
{
	unsigned char *der = NULL;

	if (raw.len != 2 * half)
		return NULL;
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(bytes(raw), (int)half, NULL);
	BIGNUM *s = BN_bin2bn(bytes(raw) + half, (int)half, NULL);
	must(sig && r && s && ECDSA_SIG_set0(sig, r, s));
	*ret_len = i2d_ECDSA_SIG(sig, &der);
	must(*ret_len > 0);
	ECDSA_SIG_free(sig);
	return der;
}

static struct str ecdsa_from_der(struct arena *a, struct str der, size_t half)
{
	const unsigned char *p = bytes(der);
	unsigned char *out = arena_alloc(a, 2 * half);
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &p, (long)der.len);

	must(sig != NULL);
	must(BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, (int)half) == (int)half);
	must(BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + half, (int)half) == (int)half);
	ECDSA_SIG_free(sig);
	return str_from(out, 2 * half);
}

static bool verify_pkey(const struct jwk *k, const struct jwk_how *how, struct str data,
	struct str signature)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	EVP_PKEY_CTX *p = NULL;

	must(c != NULL);
	must(EVP_DigestVerifyInit(c, &p, how->md ? how->md() : NULL, NULL, k->pkey));
	pad(p, how);
	bool ok = EVP_DigestVerify(c, bytes(signature), signature.len, bytes(data), data.len) == 1;
	EVP_MD_CTX_free(c);
	ERR_clear_error();
	return ok;
}

bool jwk_verify(const struct jwk *k, enum jwk_alg alg, struct str data, struct str signature)
{
	const struct jwk_how *how = jwk_how(alg);
	size_t half = jwk_kind_size(k->kind);
	unsigned char mac[EVP_MAX_MD_SIZE];
	int len = 0;

	assert(jwk_fits(k, alg));
	if (k->kind == JWK_OCT)
		return crypto_eq(hmac(k, how, data, mac), signature);
	if (k->kind == JWK_RSA || k->kind == JWK_ED25519)
		return verify_pkey(k, how, data, signature);
	unsigned char *der = ecdsa_to_der(signature, half, &len);
	bool ok = der && verify_pkey(k, how, data, str_from(der, (size_t)len));
	OPENSSL_free(der);
	return ok;
}

static struct str sign_pkey(struct arena *a, const struct jwk *k, const struct jwk_how *how,
	struct str data)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	EVP_PKEY_CTX *p = NULL;
	size_t len = 0;

	must(c != NULL);
	must(EVP_DigestSignInit(c, &p, how->md ? how->md() : NULL, NULL, k->pkey));
	pad(p, how);
	must(EVP_DigestSign(c, NULL, &len, bytes(data), data.len));
	unsigned char *out = arena_alloc(a, len);
	must(EVP_DigestSign(c, out, &len, bytes(data), data.len));
	EVP_MD_CTX_free(c);
	return str_from(out, len);
}

struct str jwk_sign(struct arena *a, const struct jwk *k, enum jwk_alg alg, struct str data)
{
	const struct jwk_how *how = jwk_how(alg);
	unsigned char mac[EVP_MAX_MD_SIZE];

	assert(jwk_fits(k, alg) && k->is_private);
	if (k->kind == JWK_OCT)
		return str_copy(a, hmac(k, how, data, mac));
	struct str made = sign_pkey(a, k, how, data);
	if (k->kind == JWK_RSA || k->kind == JWK_ED25519)
		return made;
	return ecdsa_from_der(a, made, jwk_kind_size(k->kind));
}

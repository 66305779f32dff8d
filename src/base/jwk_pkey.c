/* Keys of OpenSSL from the members of a JWK, and back. */
#include "base/jwk_local.h"

#include <stdlib.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "base/json.h"
#include "base/jsonw.h"

#define RSA_MIN_BITS 2048 /* RFC 7518 section 3.3 */
#define RSA_MAX_BITS 8192
#define ED25519_LEN 32
#define P521_LEN 66

/* The numbers of an RSA key: n and e are public, the last five come all together or not at all. */
enum { RSA_N, RSA_E, RSA_D, RSA_P, RSA_NUMBERS = 8 };
static const struct {
	const char *jwk, *openssl;
} rsa_numbers[RSA_NUMBERS] = {
	{"n", OSSL_PKEY_PARAM_RSA_N},
	{"e", OSSL_PKEY_PARAM_RSA_E},
	{"d", OSSL_PKEY_PARAM_RSA_D},
	{"p", OSSL_PKEY_PARAM_RSA_FACTOR1},
	{"q", OSSL_PKEY_PARAM_RSA_FACTOR2},
	{"dp", OSSL_PKEY_PARAM_RSA_EXPONENT1},
	{"dq", OSSL_PKEY_PARAM_RSA_EXPONENT2},
	{"qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1},
};

static void must(int ok)
{
	if (ok != 1)
		abort();
}

/* The numbers given so far to OpenSSL, which does not copy them until the key is made. */
struct numbers {
	OSSL_PARAM_BLD *build;
	BIGNUM *all[RSA_NUMBERS];
	size_t n;
};

static struct numbers numbers_new(void)
{
	struct numbers list = {.build = OSSL_PARAM_BLD_new()};

	must(list.build != NULL);
	return list;
}

/* Secure numbers, so that OpenSSL wipes its copies. */
static void numbers_add(struct numbers *list, const char *name, struct str bytes)
{
	BIGNUM *n = BN_secure_new();

	must(n && BN_bin2bn((const unsigned char *)bytes.p, (int)bytes.len, n));
	must(OSSL_PARAM_BLD_push_BN(list->build, name, n));
	list->all[list->n++] = n;
}

/* NULL when OpenSSL finds that they make no key. */
static EVP_PKEY *numbers_to_key(struct numbers *list, const char *type, bool is_private)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(list->build);
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *key = NULL;

	must(params && c && EVP_PKEY_fromdata_init(c) == 1);
	if (EVP_PKEY_fromdata(c, &key, is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
		    params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(c);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(list->build);
	for (size_t i = 0; i < list->n; i++)
		BN_clear_free(list->all[i]);
	ERR_clear_error();
	return key;
}

/* The public exponent has to be odd, and a small number: large ones cost time and buy nothing. */
static bool exponent_is_fine(struct str e)
{
	while (e.len && !*e.p)
		e = str_sub(e, 1, e.len);
	return e.len && e.len <= 8 && (e.p[e.len - 1] & 1) && !(e.len == 1 && *e.p == 1);
}

static size_t rsa_wanted(const struct json *o)
{
	if (!json_get(o, "d"))
		return RSA_D;
	for (int i = RSA_P; i < RSA_NUMBERS; i++)
		if (json_get(o, rsa_numbers[i].jwk))
			return RSA_NUMBERS;
	return RSA_P;
}

static int read_rsa(struct arena *a, struct jwk *k, const struct json *o, struct err *e)
{
	size_t wanted = rsa_wanted(o);
	struct str bytes[RSA_NUMBERS];

	if (json_get(o, "oth"))
		return err_set(e, E_INPUT, "an RSA key of more than two primes ('oth')");
	for (size_t i = 0; i < wanted; i++) {
		if (jwk_bytes(a, o, rsa_numbers[i].jwk, &bytes[i], e))
			return E_INPUT;
		if (bytes[i].len > RSA_MAX_BITS / 8 + 1)
			return err_set(e, E_INPUT, "'%s' is longer than %d bits",
				rsa_numbers[i].jwk, RSA_MAX_BITS);
	}
	if (!exponent_is_fine(bytes[RSA_E]))
		return err_set(e, E_INPUT, "'e' is not a usable exponent (usual is AQAB)");

	struct numbers list = numbers_new();
	for (size_t i = 0; i < wanted; i++)
		numbers_add(&list, rsa_numbers[i].openssl, bytes[i]);
	k->is_private = wanted > RSA_D;
	k->pkey = numbers_to_key(&list, "RSA", k->is_private);
	int bits = k->pkey ? EVP_PKEY_get_bits(k->pkey) : 0;
	if (bits < RSA_MIN_BITS || bits > RSA_MAX_BITS)
		return err_set(e, E_INPUT, "an RSA key must have %d to %d bits, this has %d",
			RSA_MIN_BITS, RSA_MAX_BITS, bits);
	return 0;
}

static int read_ec(struct arena *a, struct jwk *k, const struct json *o, struct err *e)
{
	size_t size = jwk_kind_size(k->kind);
	unsigned char point[1 + 2 * P521_LEN] = {4}; /* uncompressed */
	struct str x, y, d;

	k->is_private = json_get(o, "d");
	if (jwk_bytes(a, o, "x", &x, e) || jwk_bytes(a, o, "y", &y, e) ||
		(k->is_private && jwk_bytes(a, o, "d", &d, e)))
		return E_INPUT;
	if (x.len != size || y.len != size || (k->is_private && d.len != size))
		return err_set(e, E_INPUT, "'x', 'y' and 'd' must have %zu bytes on curve %s", size,
			jwk_kind_curve(k->kind));
	for (size_t i = 0; i < size; i++) {
		point[1 + i] = (unsigned char)x.p[i];
		point[1 + size + i] = (unsigned char)y.p[i];
	}

	struct numbers list = numbers_new();
	must(OSSL_PARAM_BLD_push_utf8_string(list.build, OSSL_PKEY_PARAM_GROUP_NAME,
		jwk_kind_curve(k->kind), 0));
	must(OSSL_PARAM_BLD_push_octet_string(list.build, OSSL_PKEY_PARAM_PUB_KEY, point,
		1 + 2 * size));
	if (k->is_private)
		numbers_add(&list, OSSL_PKEY_PARAM_PRIV_KEY, d);
	k->pkey = numbers_to_key(&list, "EC", k->is_private);
	return k->pkey ? 0
		       : err_set(e, E_INPUT, "'x' and 'y' are no point of curve %s",
				 jwk_kind_curve(k->kind));
}

static int read_ed25519(struct arena *a, struct jwk *k, const struct json *o, struct err *e)
{
	unsigned char real[ED25519_LEN];
	size_t len = sizeof(real);
	struct str x, d = STR_NULL;

	k->is_private = json_get(o, "d");
	if (jwk_bytes(a, o, "x", &x, e) || (k->is_private && jwk_bytes(a, o, "d", &d, e)))
		return E_INPUT;
	if (x.len != ED25519_LEN || (d.p && d.len != ED25519_LEN))
		return err_set(e, E_INPUT, "'x' and 'd' must have %d bytes on curve Ed25519",
			ED25519_LEN);
	const unsigned char *raw = (const unsigned char *)(d.p ? d.p : x.p);
	k->pkey = d.p ? EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, raw, ED25519_LEN)
		      : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, raw, ED25519_LEN);
	must(k->pkey && EVP_PKEY_get_raw_public_key(k->pkey, real, &len) == 1);
	return str_eq(x, str_from(real, len))
		? 0
		: err_set(e, E_INPUT, "'x' is not the public part of 'd'");
}

/* Signs, and checks, without must(): these numbers may make no key at all. */
static bool signs(const struct jwk *k, unsigned char *signature, size_t len)
{
	const EVP_MD *md = k->kind == JWK_ED25519 ? NULL : EVP_sha256();
	EVP_MD_CTX *sign = EVP_MD_CTX_new(), *check = EVP_MD_CTX_new();
	static const unsigned char data[] = "plat";

	must(sign && check);
	bool ok = EVP_DigestSignInit(sign, NULL, md, NULL, k->pkey) == 1 &&
		EVP_DigestSign(sign, signature, &len, data, sizeof(data)) == 1 &&
		EVP_DigestVerifyInit(check, NULL, md, NULL, k->pkey) == 1 &&
		EVP_DigestVerify(check, signature, len, data, sizeof(data)) == 1;
	EVP_MD_CTX_free(sign);
	EVP_MD_CTX_free(check);
	ERR_clear_error();
	return ok;
}

/* The halves come from a text, so they may be of two different keys. (OpenSSL's own check wants the primes of an RSA
 * key, which may be absent.) */
static int check_pair(struct arena *a, const struct jwk *k, struct err *e)
{
	size_t len = (size_t)EVP_PKEY_get_size(k->pkey);

	return signs(k, arena_alloc(a, len), len)
		? 0
		: err_set(e, E_INPUT, "the private and the public part do not fit");
}

int jwk_pkey_read(struct arena *a, struct jwk *k, const struct json *o, struct err *e)
{
	int rc = k->kind == JWK_RSA      ? read_rsa(a, k, o, e)
		: k->kind == JWK_ED25519 ? read_ed25519(a, k, o, e)
					 : read_ec(a, k, o, e);

	return rc || !k->is_private ? rc : check_pair(a, k, e);
}

static void write_bytes(struct jsonw *w, const char *name, const void *p, size_t len)
{
	struct arena *a = arena_new();
	struct str text = enc_base64url(a, str_from(p, len));

	crypto_wipe_later(a, (void *)(uintptr_t)text.p, text.len);
	jsonw_key(w, name), jsonw_str(w, text);
	arena_free(a);
}

/* size 0: as short as it goes, one byte at least. Absent numbers (a private RSA key without its primes) are left out. */
static void write_number(struct jsonw *w, const char *name, const EVP_PKEY *key,
	const char *openssl, size_t size)
{
	unsigned char bytes[RSA_MAX_BITS / 8 + 1];
	BIGNUM *n = NULL;

	if (EVP_PKEY_get_bn_param(key, openssl, &n) != 1)
		return;
	if (!size)
		size = BN_is_zero(n) ? 1 : (size_t)BN_num_bytes(n);
	must(size <= sizeof(bytes) && BN_bn2binpad(n, bytes, (int)size) == (int)size);
	write_bytes(w, name, bytes, size);
	crypto_wipe(bytes, size);
	BN_clear_free(n);
}

static void write_ed25519(struct jsonw *w, const struct jwk *k, bool with_private)
{
	unsigned char raw[ED25519_LEN];
	size_t len = sizeof(raw);

	must(EVP_PKEY_get_raw_public_key(k->pkey, raw, &len));
	write_bytes(w, "x", raw, len);
	if (!with_private)
		return;
	must(EVP_PKEY_get_raw_private_key(k->pkey, raw, &len));
	write_bytes(w, "d", raw, len);
	crypto_wipe(raw, sizeof(raw));
}

void jwk_pkey_write(struct jsonw *w, const struct jwk *k, bool with_private)
{
	size_t size = jwk_kind_size(k->kind);

	with_private = with_private && k->is_private;
	if (k->kind == JWK_RSA) {
		for (int i = 0; i < (with_private ? RSA_NUMBERS : RSA_D); i++)
			write_number(w, rsa_numbers[i].jwk, k->pkey, rsa_numbers[i].openssl, 0);
	} else if (k->kind == JWK_ED25519) {
		write_ed25519(w, k, with_private);
	} else {
		write_number(w, "x", k->pkey, OSSL_PKEY_PARAM_EC_PUB_X, size);
		write_number(w, "y", k->pkey, OSSL_PKEY_PARAM_EC_PUB_Y, size);
		if (with_private)
			write_number(w, "d", k->pkey, OSSL_PKEY_PARAM_PRIV_KEY, size);
	}
	ERR_clear_error();
}

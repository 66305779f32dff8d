#include "base/crypto.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "base/arena.h"

/* With fixed algorithms and lengths OpenSSL fails only when it is broken or out of memory. */
static void must(int ok)
{
	if (ok != 1)
		abort();
}

/* OpenSSL counts in int; nothing that large is sealed or hashed in one piece. */
static int int_len(size_t n)
{
	assert(n <= INT_MAX);
	return (int)n;
}

/* OpenSSL wants a pointer even for nothing. */
static const unsigned char *bytes(struct str s)
{
	return (const unsigned char *)(s.p ? s.p : "");
}

void crypto_random(void *p, size_t n)
{
	must(RAND_bytes(p, int_len(n)));
}

void crypto_sha1(struct str data, unsigned char out[CRYPTO_SHA1_LEN])
{
	must(SHA1(bytes(data), data.len, out) != NULL);
}

void crypto_sha256(struct str data, unsigned char out[CRYPTO_SHA256_LEN])
{
	must(SHA256(bytes(data), data.len, out) != NULL);
}

void crypto_hmac_sha256(struct str key, struct str data, unsigned char out[CRYPTO_SHA256_LEN])
{
	must(HMAC(EVP_sha256(), bytes(key), int_len(key.len), bytes(data), data.len, out, NULL) !=
		NULL);
}

/* T(n) = HMAC(PRK, T(n - 1) | info | n) */
void crypto_hkdf_sha256(struct str key, struct str salt, struct str info, unsigned char *out,
	size_t out_len)
{
	unsigned char prk[CRYPTO_SHA256_LEN], t[CRYPTO_SHA256_LEN];
	static const unsigned char no_salt[CRYPTO_SHA256_LEN];
	unsigned char message[CRYPTO_SHA256_LEN + 256 + 1];

	assert(out_len <= 255 * sizeof(t) && info.len <= 256);
	crypto_hmac_sha256(salt.len ? salt : str_from(no_salt, sizeof(no_salt)), key, prk);
	for (size_t done = 0, n = 1; done < out_len; done += sizeof(t), n++) {
		size_t len = n > 1 ? sizeof(t) : 0;
		size_t piece = out_len - done < sizeof(t) ? out_len - done : sizeof(t);
		if (len)
			memcpy(message, t, len);
		memcpy(message + len, bytes(info), info.len);
		len += info.len;
		message[len++] = (unsigned char)n;
		crypto_hmac_sha256(str_from(prk, sizeof(prk)), str_from(message, len), t);
		memcpy(out + done, t, piece);
	}
	crypto_wipe(prk, sizeof(prk));
	crypto_wipe(t, sizeof(t));
	crypto_wipe(message, sizeof(message));
}

void crypto_pbkdf2_sha256(struct str password, struct str salt, unsigned iterations,
	unsigned char *out, size_t out_len)
{
	must(PKCS5_PBKDF2_HMAC((const char *)bytes(password), int_len(password.len), bytes(salt),
		int_len(salt.len), int_len(iterations), EVP_sha256(), int_len(out_len), out));
}

static EVP_CIPHER_CTX *gcm_new(const unsigned char *key, const unsigned char *nonce, int encrypt)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();

	must(c != NULL);
	must(EVP_CipherInit_ex(c, EVP_aes_256_gcm(), NULL, key, nonce, encrypt));
	return c;
}

/* Runs the associated data and the text through the cipher. */
static void gcm_run(EVP_CIPHER_CTX *c, struct str aad, struct str text, unsigned char *out)
{
	int n;

	if (aad.len)
		must(EVP_CipherUpdate(c, NULL, &n, bytes(aad), int_len(aad.len)));
	if (text.len)
		must(EVP_CipherUpdate(c, out, &n, bytes(text), int_len(text.len)));
}

void crypto_seal(const unsigned char key[CRYPTO_KEY_LEN],
	const unsigned char nonce[CRYPTO_NONCE_LEN], struct str aad, struct str plain,
	unsigned char *out)
{
	EVP_CIPHER_CTX *c = gcm_new(key, nonce, 1);
	unsigned char *tag = out + plain.len;
	int n;

	gcm_run(c, aad, plain, out);
	must(EVP_CipherFinal_ex(c, tag, &n));
	must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, CRYPTO_TAG_LEN, tag));
	EVP_CIPHER_CTX_free(c);
}

bool crypto_open(const unsigned char key[CRYPTO_KEY_LEN],
	const unsigned char nonce[CRYPTO_NONCE_LEN], struct str aad, struct str sealed,
	unsigned char *out)
{
	unsigned char tag[CRYPTO_TAG_LEN], nothing[16];
	int n;

	if (sealed.len < CRYPTO_TAG_LEN)
		return false;
	struct str text = str_sub(sealed, 0, sealed.len - CRYPTO_TAG_LEN);
	memcpy(tag, sealed.p + text.len, CRYPTO_TAG_LEN);

	EVP_CIPHER_CTX *c = gcm_new(key, nonce, 0);
	gcm_run(c, aad, text, out);
	must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, CRYPTO_TAG_LEN, tag));
	bool authentic = EVP_CipherFinal_ex(c, nothing, &n) == 1;
	EVP_CIPHER_CTX_free(c);
	if (!authentic)
		crypto_wipe(out, text.len);
	return authentic;
}

bool crypto_eq(struct str a, struct str b)
{
	return a.len == b.len && CRYPTO_memcmp(bytes(a), bytes(b), a.len) == 0;
}

void crypto_wipe(void *p, size_t n)
{
	if (n)
		OPENSSL_cleanse(p, n);
}

struct wipe {
	void *p;
	size_t len;
};

static void on_wipe(void *p)
{
	struct wipe *w = p;

	crypto_wipe(w->p, w->len);
}

void crypto_wipe_later(struct arena *a, void *p, size_t len)
{
	struct wipe *w = ARENA_NEW(a, struct wipe);

	*w = (struct wipe){p, len};
	arena_defer(a, on_wipe, w);
}

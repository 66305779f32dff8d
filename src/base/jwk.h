/* jwk: keys that sign and check tokens (RFC 7517, 7518, 8037), on OpenSSL's EVP. Tokens are in jwt.h.
 *
 * Owner    the arena given; keys are wiped and released when it ends.
 * Failure  E_INPUT with a sentence that names the member at fault and never quotes a key. Signing and
 *          checking cannot fail otherwise than "no": a broken OpenSSL ends the process.
 * Threads  a finished key may be used in any thread.
 * Units    bytes.
 *
 * Taken: kty oct of at least 32 bytes, RSA of 2048 to 8192 bits, EC on P-256, P-384, P-521, OKP on
 * Ed25519. Keys in a set that are for something else (use enc, other kinds and curves, algorithms that
 * are no signatures) are skipped and counted, as RFC 7517 section 5 wants it; a damaged key is an
 * error, so that a typing error does not turn up as refused tokens.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct jsonw;
struct jwk; /* one key */

#define JWK_SECRET_MIN 32

enum jwk_alg {
	JWK_ANY, /* not said */
	JWK_HS256,
	JWK_HS384,
	JWK_HS512,
	JWK_RS256,
	JWK_RS384,
	JWK_RS512,
	JWK_PS256,
	JWK_PS384,
	JWK_PS512,
	JWK_ES256,
	JWK_ES384,
	JWK_ES512,
	JWK_EDDSA, /* Ed25519 */
	JWK_ALGS
};

/* Exactly as in RFC 7518; false for anything else, "none" too. */
bool jwk_alg_parse(struct str name, enum jwk_alg *ret_alg);
const char *jwk_alg_name(enum jwk_alg alg);

struct jwk_set {
	const struct jwk **keys; /* in the order of the text */
	size_t n;
	size_t skipped;
};

/* The text of a JWK, or of a JWKS (an object with "keys"). A set may be empty. */
const struct jwk_set *jwk_set_parse(struct arena *a, struct str json, struct err *e) MUST_CHECK;

/* One key for HS256, and for nothing else: any bytes, at least JWK_SECRET_MIN of them. */
const struct jwk_set *jwk_set_of_secret(struct arena *a, struct str secret,
	struct err *e) MUST_CHECK;

/* What people put into one setting: a JWKS, a JWK, or else a secret; with is_base64 all that in base 64,
 * in either alphabet, padded or not. JSON with "kty" or "keys" in it is never taken for a secret. */
const struct jwk_set *jwk_set_of_text(struct arena *a, struct str text, bool is_base64,
	struct err *e) MUST_CHECK;

struct str jwk_kid(const struct jwk *k);  /* absent when it has none */
bool jwk_is_private(const struct jwk *k); /* can sign; a secret can */
enum jwk_alg jwk_alg(
	const struct jwk *k); /* the one it is for; without one the usual one of its kind */

/* Whether key and algorithm belong together: the kind, the curve, and the key's own "alg". */
bool jwk_fits(const struct jwk *k, enum jwk_alg alg);

/* Signatures as in RFC 7518: ECDSA is r and s. alg must fit, and for signing the key must be private:
 * assert. Checking an HMAC takes the same time whichever byte is wrong. */
bool jwk_verify(const struct jwk *k, enum jwk_alg alg, struct str data, struct str signature)
	__attribute__((warn_unused_result));
struct str jwk_sign(struct arena *a, const struct jwk *k, enum jwk_alg alg, struct str data);

/* A new key whose kid is its thumbprint. RSA has 2048 bits and takes a tenth of a second: off the loop. */
const struct jwk *jwk_new(struct arena *a, enum jwk_alg alg) __attribute__((returns_nonnull));

/* RFC 7638: SHA-256 over the members that make the key, in base64url. Of a secret it gives nothing away
 * that could be reversed, but whoever guesses the secret can check the guess: keep that one private. */
struct str jwk_thumbprint(struct arena *a, const struct jwk *k);

/* The key as a JWK. Without with_private only what everybody may know; a secret has no such part: assert. */
void jwk_write(struct jsonw *w, const struct jwk *k, bool with_private);

/* {"keys":[...]}, the public parts, for /.well-known/jwks.json; secrets are left out. */
void jwk_set_write(struct jsonw *w, const struct jwk_set *set);

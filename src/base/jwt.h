/* jwt: signed tokens (RFC 7515 compact form, RFC 7519): who says so, and is it still true?
 *
 * Owner    results live in the arena given; keys are borrowed for the call (jwk.h).
 * Failure  a reason, for the caller to put into words; nothing but JWT_OK lets a token pass.
 * Threads  as the arena. A check costs 10 microseconds (HS256), 50 (RSA), 100 to 250 (ES256, EdDSA) or
 *          a millisecond (ES384, ES512): whoever sees the same token again keeps the result and asks
 *          only jwt_terms_check().
 * Units    times are seconds since 1970, as in tokens.
 *
 * What is refused whatever the keys say: "alg":"none"; an algorithm of another family than the key's,
 * so that a public key never serves as a secret; "crit", since no extension is known here.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/jwk.h"

struct json;

enum jwt_reason {
	JWT_OK,
	/* of the token as a text */
	JWT_EMPTY,
	JWT_PARTS,     /* not three parts; jwt.parts says how many */
	JWT_BASE64,    /* a part is not base64url */
	JWT_HEADER,    /* no JSON object, or a member of the wrong type */
	JWT_UNSECURED, /* alg none */
	JWT_ALG,       /* alg is absent or unknown */
	JWT_CRIT,
	/* of its signature */
	JWT_KID,       /* no key has the kid that it names */
	JWT_KEY,       /* no key (or not the one named) is for its algorithm */
	JWT_SIGNATURE, /* none of the keys made the signature */
	/* of what it says */
	JWT_CLAIMS, /* the payload is no JSON object */
	JWT_EXP_TYPE,
	JWT_NBF_TYPE,
	JWT_IAT_TYPE,
	JWT_AUD_TYPE,
	JWT_EXPIRED,
	JWT_EARLY,    /* nbf has not come yet */
	JWT_FUTURE,   /* iat has not come yet */
	JWT_AUDIENCE, /* for somebody else */
};

struct jwt {
	size_t parts;
	enum jwk_alg alg;
	struct str kid;            /* absent when the token has none */
	const struct jwk *key;     /* that made the signature */
	struct str payload;        /* the claims as they were signed */
	const struct json *claims; /* an object */
};

/* Reads and checks the signature; the terms are looked at below. A kid names the one key that may have
 * signed; without it each fitting key is tried in turn. On failure *ret_jwt has what was seen until then. */
enum jwt_reason jwt_verify(struct arena *a, const struct jwk_set *keys, struct str token,
	struct jwt *ret_jwt) __attribute__((warn_unused_result));

/* When, and for whom, a token is good: all that has to be kept to ask again later. */
struct jwt_terms {
	int64_t exp, nbf, iat;   /* so far off that it never matters when absent or null */
	enum jwt_reason lasting; /* what no time will cure: *_TYPE, AUDIENCE, or OK */
};

#define JWT_SKEW_S 30 /* how far two clocks may be apart */

/* audience: ours; absent takes tokens for anybody. A token without aud, or with null or [], is for all. */
struct jwt_terms jwt_terms(const struct json *claims, struct str audience);

/* The first of exp, nbf, iat, aud that is against it. *ret_off_s: by how many seconds (EXPIRED, EARLY, FUTURE). */
enum jwt_reason jwt_terms_check(const struct jwt_terms *t, int64_t now_s, int64_t *ret_off_s)
	__attribute__((warn_unused_result));

/* A token with these claims (a JSON object, trusted), by the key's algorithm (jwk_alg) and under its kid. key is
 * private: assert. */
struct str jwt_sign(struct arena *a, const struct jwk *key, struct str claims);

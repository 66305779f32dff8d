/* jwk_local: what jwk.c, jwk_pkey.c, jwk_sign.c and jwk_make.c share. Not for others. */
#pragma once
#include <openssl/evp.h>

#include "base/jwk.h"

struct json;

enum jwk_kind { JWK_OCT, JWK_RSA, JWK_P256, JWK_P384, JWK_P521, JWK_ED25519 };

struct jwk {
	enum jwk_kind kind;
	enum jwk_alg alg; /* the only one that it may be used with; JWK_ANY */
	struct str kid;
	struct str secret; /* OCT */
	EVP_PKEY *pkey;    /* the others */
	bool is_private;
};

struct jwk_how {
	const char *name;
	enum jwk_kind kind;
	const EVP_MD *(*md)(void); /* NULL: the algorithm has its own */
	bool pss;
};

const struct jwk_how *jwk_how(enum jwk_alg alg);

const char *jwk_kind_curve(enum jwk_kind kind); /* "P-256", ...; NULL where there is none */
size_t jwk_kind_size(enum jwk_kind kind);       /* bytes of a coordinate */

/* jwk_pkey.c. read: fills pkey and is_private from the members; kind is set. */
int jwk_pkey_read(struct arena *a, struct jwk *k, const struct json *o, struct err *e);
void jwk_pkey_write(struct jsonw *w, const struct jwk *k, bool with_private);

/* A key in the arena, which will release it. */
struct jwk *jwk_in(struct arena *a, enum jwk_kind kind);

/* Member `name` as bytes. E_INPUT when it is absent or no base64url. */
int jwk_bytes(struct arena *a, const struct json *o, const char *name, struct str *ret_bytes,
	struct err *e);

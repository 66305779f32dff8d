/* Any bytes as a setting with keys, and as a token: nothing passes that no key of ours signed, and keys that are
 * taken can be written and read back. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/jwt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* RFC 7515 A.3 and RFC 8037 A.1, public parts, and a secret that is drawn anew in each run. */
static const struct jwk_set *keys(void)
{
	static struct jwk_set set;
	static struct arena *a;

	if (a)
		return &set;
	a = arena_new();
	const struct jwk_set *known = jwk_set_parse(a,
		STR("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"ec\",\"x\":"
		    "\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":"
		    "\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"},"
		    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":"
		    "\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}"),
		NULL);
	assert(known && known->n == 2);
	set.keys = arena_array(a, 3, sizeof(*set.keys));
	set.keys[set.n++] = jwk_new(a, JWK_HS256);
	set.keys[set.n++] = known->keys[0];
	set.keys[set.n++] = known->keys[1];
	return &set;
}

static void check_token(struct arena *a, struct str token)
{
	struct jwt jwt;
	int64_t off = 0;
	enum jwt_reason reason = jwt_verify(a, keys(), token, &jwt);

	/* The known tokens of the corpus are the only ones with a signature. */
	assert((reason == JWT_OK) == (jwt.claims && json_type(jwt.claims) == JSON_OBJECT));
	assert(reason != JWT_OK || (jwt.key && jwt.parts == 3));
	if (reason == JWT_OK || reason == JWT_CLAIMS)
		assert(jwk_fits(jwt.key, jwt.alg));

	const struct json *claims = json_parse(a, token, NULL);
	if (!claims)
		return;
	struct jwt_terms ours = jwt_terms(claims, STR("us")), any = jwt_terms(claims, STR_NULL);
	assert(any.lasting == JWT_OK || any.lasting == ours.lasting);
	if (jwt_terms_check(&ours, 1700000000, &off) == JWT_OK)
		assert(jwt_terms_check(&any, 1700000000, &off) == JWT_OK);
}

static void write_key(struct buf *b, const struct jwk *k)
{
	struct jsonw w = jsonw_to(b);

	buf_clear(b);
	jwk_write(&w, k, jwk_is_private(k));
	assert(jsonw_is_complete(&w));
}

static void check_key(struct arena *a, const struct jwk *k)
{
	struct buf b, again;

	buf_init(&b, 0), buf_init(&again, 0);
	write_key(&b, k);
	const struct jwk_set *set = jwk_set_parse(a, buf_view(&b), NULL);
	assert(set && set->n == 1 && jwk_is_private(set->keys[0]) == jwk_is_private(k));
	write_key(&again, set->keys[0]);
	assert(str_eq(buf_view(&b), buf_view(&again)));
	assert(jwk_thumbprint(a, k).len == 43);
	if (jwk_is_private(k)) {
		struct str token = jwt_sign(a, k, STR("{}"));
		struct jwt jwt;
		assert(jwt_verify(a, set, token, &jwt) == JWT_OK);
	}
	buf_done(&b), buf_done(&again);
}

static void check_setting(struct arena *a, struct str text, bool is_base64)
{
	struct err e = {.arena = a};
	const struct jwk_set *set = jwk_set_of_text(a, text, is_base64, &e);

	assert(!set == (e.code != 0));
	for (size_t i = 0; set && i < set->n && i < 4; i++)
		check_key(a, set->keys[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str s = str_from(size ? (const void *)data : "", size);

	check_token(a, s);
	check_setting(a, s, false);
	check_setting(a, s, true);
	arena_free(a);
	return 0;
}

#include "base/jwk.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "base/json.h"
#include "base/jwk_local.h"

static const struct {
	enum jwk_kind kind;
	const char *kty, *curve;
	size_t size;
} kinds[] = {
	{JWK_OCT, "oct", NULL, 0},
	{JWK_RSA, "RSA", NULL, 0},
	{JWK_P256, "EC", "P-256", 32},
	{JWK_P384, "EC", "P-384", 48},
	{JWK_P521, "EC", "P-521", 66},
	{JWK_ED25519, "OKP", "Ed25519", 32},
};

const char *jwk_kind_curve(enum jwk_kind kind)
{
	assert(kinds[kind].kind == kind);
	return kinds[kind].curve;
}

size_t jwk_kind_size(enum jwk_kind kind)
{
	assert(kinds[kind].kind == kind);
	return kinds[kind].size;
}

struct str jwk_kid(const struct jwk *k)
{
	return k->kid;
}

bool jwk_is_private(const struct jwk *k)
{
	return k->is_private;
}

static void on_free(void *p)
{
	struct jwk *k = p;

	EVP_PKEY_free(k->pkey);
}

struct jwk *jwk_in(struct arena *a, enum jwk_kind kind)
{
	struct jwk *k = ARENA_NEW(a, struct jwk);

	k->kind = kind;
	arena_defer(a, on_free, k);
	return k;
}

static void *writable(struct str s)
{
	return (void *)(uintptr_t)s.p;
}

int jwk_bytes(struct arena *a, const struct json *o, const char *name, struct str *ret_bytes,
	struct err *e)
{
	struct str text;

	if (!json_to_str(json_get(o, name), &text) || !text.len ||
		!enc_base64url_decode(a, text, ret_bytes))
		return err_set(e, E_INPUT, "'%s' must be a text in base64url without padding",
			name);
	crypto_wipe_later(a, writable(*ret_bytes), ret_bytes->len);
	return 0;
}

/* Absent is fine; the rest must be text. */
static int text_of(const struct json *o, const char *name, struct str *ret_text, struct err *e)
{
	const struct json *v = json_get(o, name);

	*ret_text = STR_NULL;
	if (v && !json_to_str(v, ret_text))
		return err_set(e, E_INPUT, "'%s' must be a text", name);
	return 0;
}

static bool has_text(const struct json *list, const char *text)
{
	struct str s;

	for (struct json_iter it = json_each(list); json_next(&it);)
		if (json_to_str(it.value, &s) && str_eq(s, str_of(text)))
			return true;
	return false;
}

/* Says the key that it is for signatures? RFC 7517 sections 4.2 and 4.3; both may be left out. */
static bool is_for_signatures(const struct json *o, struct str use)
{
	const struct json *ops = json_get(o, "key_ops");

	if (use.p && !str_eq(use, STR("sig")))
		return false;
	return !ops || has_text(ops, "verify") || has_text(ops, "sign");
}

static bool kind_of(struct str kty, struct str curve, enum jwk_kind *ret_kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (str_eq(kty, str_of(kinds[i].kty)) &&
			(!kinds[i].curve || str_eq(curve, str_of(kinds[i].curve)))) {
			*ret_kind = kinds[i].kind;
			return true;
		}
	return false;
}

static int read_material(struct arena *a, struct jwk *k, const struct json *o, struct err *e)
{
	if (k->kind != JWK_OCT)
		return jwk_pkey_read(a, k, o, e);
	if (jwk_bytes(a, o, "k", &k->secret, e))
		return E_INPUT;
	k->is_private = true;
	return k->secret.len >= JWK_SECRET_MIN
		? 0
		: err_set(e, E_INPUT, "'k' must have at least %d bytes, it has %zu", JWK_SECRET_MIN,
			  k->secret.len);
}

/* *ret_key stays NULL when the key is for something else. */
static int read_key(struct arena *a, const struct json *o, const struct jwk **ret_key,
	struct err *e)
{
	enum jwk_alg alg = JWK_ANY;
	enum jwk_kind kind;
	struct str kty, curve, use, kid, alg_name;

	if (json_type(o) != JSON_OBJECT || !json_to_str(json_get(o, "kty"), &kty))
		return err_set(e, E_INPUT, "it must be an object with a text 'kty'");
	if (text_of(o, "crv", &curve, e) || text_of(o, "use", &use, e) ||
		text_of(o, "kid", &kid, e) || text_of(o, "alg", &alg_name, e))
		return E_INPUT;
	if (!kind_of(kty, curve, &kind) || !is_for_signatures(o, use) ||
		(alg_name.p && !jwk_alg_parse(alg_name, &alg)))
		return 0;

	struct jwk *k = jwk_in(a, kind);
	k->kid = str_copy(a, kid);
	k->alg = alg;
	if (alg != JWK_ANY && !jwk_fits(k, alg))
		return err_set(e, E_INPUT, "'alg' %s does not go with 'kty' " STR_FMT "%s",
			jwk_alg_name(alg), STR_ARG(kty), curve.p ? " and its curve" : "");
	if (read_material(a, k, o, e))
		return E_INPUT;
	*ret_key = k;
	return 0;
}

static int add(struct arena *a, struct jwk_set *set, const struct json *o, struct err *e)
{
	const struct jwk *k = NULL;
	int rc = read_key(a, o, &k, e);

	if (k)
		set->keys[set->n++] = k;
	else if (rc == 0)
		set->skipped++;
	return rc;
}

static const struct jwk_set *read_set(struct arena *a, const struct json *o, struct err *e)
{
	const struct json *list = json_get(o, "keys");
	struct jwk_set *set = ARENA_NEW(a, struct jwk_set);
	int number = 1;

	set->keys = arena_array(a, list ? json_len(list) : 1, sizeof(*set->keys));
	if (!list)
		return add(a, set, o, e) ? (err_prefix(e, "the JWK"), NULL) : set;
	if (json_type(list) != JSON_ARRAY) {
		err_set(e, E_INPUT, "the JWKS: 'keys' must be an array");
		return NULL;
	}
	for (struct json_iter it = json_each(list); json_next(&it); number++)
		if (add(a, set, it.value, e)) {
			err_prefix(e, "key %d of the JWKS", number);
			return NULL;
		}
	return set;
}

/* The text stays readable in the arena only as long as it takes to read it. */
const struct jwk_set *jwk_set_parse(struct arena *a, struct str json, struct err *e)
{
	struct arena *own = arena_new();
	struct str copy = str_copy(own, json);
	const struct json *o = json_parse(own, copy, e);

	crypto_wipe_later(own, writable(copy), copy.len);
	const struct jwk_set *set = o ? read_set(a, o, e) : NULL;
	arena_free(own);
	return set;
}

const struct jwk_set *jwk_set_of_secret(struct arena *a, struct str secret, struct err *e)
{
	struct jwk_set *set = ARENA_NEW(a, struct jwk_set);

	if (secret.len < JWK_SECRET_MIN) {
		err_set(e, E_INPUT, "the secret must be at least %d bytes long, it has %zu",
			JWK_SECRET_MIN, secret.len);
		return NULL;
	}
	struct jwk *k = jwk_in(a, JWK_OCT);
	k->alg = JWK_HS256;
	k->secret = str_copy(a, secret);
	k->is_private = true;
	crypto_wipe_later(a, writable(k->secret), k->secret.len);
	set->keys = arena_array(a, 1, sizeof(*set->keys));
	set->keys[set->n++] = k;
	return set;
}

/* Either alphabet; '.' counts as padding, as PostgREST has it. */
static bool decode(struct arena *a, struct str text, struct str *ret_bytes)
{
	text = str_trim(text);
	while (str_ends(text, STR("=")) || str_ends(text, STR(".")))
		text.len--;
	char *copy = str_cstr(a, text);
	crypto_wipe_later(a, copy, text.len);
	for (char *p = copy; *p; p++)
		*p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
	if (!enc_base64url_decode(a, str_from(copy, text.len), ret_bytes))
		return false;
	crypto_wipe_later(a, writable(*ret_bytes), ret_bytes->len);
	return true;
}

const struct jwk_set *jwk_set_of_text(struct arena *a, struct str text, bool is_base64,
	struct err *e)
{
	if (is_base64 && !decode(a, text, &text)) {
		err_set(e, E_INPUT, "the secret is not in base 64");
		return NULL;
	}
	if (str_starts(str_trim(text), STR("{")) &&
		(str_find(text, STR("\"kty\"")) >= 0 || str_find(text, STR("\"keys\"")) >= 0))
		return jwk_set_parse(a, text, e);
	return jwk_set_of_secret(a, text, e);
}

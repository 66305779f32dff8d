#include "base/jwt.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/enc.h"
#include "base/json.h"
#include "base/jsonw.h"

/* The parts as they stand in the token. */
struct parts {
	struct str header, payload, signature;
	struct str signed_text; /* header.payload */
};

static bool split(struct str token, struct parts *ret_parts, size_t *ret_n)
{
	struct str rest = token;

	*ret_n = 1;
	for (size_t i = 0; i < token.len; i++)
		*ret_n += token.p[i] == '.';
	if (*ret_n != 3)
		return false;
	ret_parts->header = str_cut(&rest, '.');
	ret_parts->payload = str_cut(&rest, '.');
	ret_parts->signature = rest;
	ret_parts->signed_text = str_sub(token, 0, token.len - rest.len - 1);
	return true;
}

static enum jwt_reason read_header(struct arena *a, struct str text, struct jwt *jwt)
{
	const struct json *o, *kid;
	struct str json, alg;

	if (!enc_base64url_decode(a, text, &json))
		return JWT_BASE64;
	o = json_parse(a, json, NULL);
	kid = json_get(o, "kid");
	if (json_type(o) != JSON_OBJECT ||
		(json_type(kid) > JSON_NULL && !json_to_str(kid, &jwt->kid)))
		return JWT_HEADER;
	if (!json_to_str(json_get(o, "alg"), &alg))
		return JWT_ALG;
	if (str_eq_nocase(alg, STR("none")))
		return JWT_UNSECURED;
	if (!jwk_alg_parse(alg, &jwt->alg))
		return JWT_ALG;
	return json_get(o, "crit") ? JWT_CRIT : JWT_OK;
}

static enum jwt_reason find_key(const struct jwk_set *keys, const struct parts *parts,
	struct str signature, struct jwt *jwt)
{
	bool named = false, fitting = false;

	for (size_t i = 0; i < keys->n; i++) {
		const struct jwk *k = keys->keys[i];
		if (jwt->kid.p && !str_eq(jwk_kid(k), jwt->kid))
			continue;
		named = true;
		if (!jwk_fits(k, jwt->alg))
			continue;
		fitting = true;
		if (jwk_verify(k, jwt->alg, parts->signed_text, signature)) {
			jwt->key = k;
			return JWT_OK;
		}
	}
	return fitting ? JWT_SIGNATURE : named || !jwt->kid.p ? JWT_KEY : JWT_KID;
}

enum jwt_reason jwt_verify(struct arena *a, const struct jwk_set *keys, struct str token,
	struct jwt *ret_jwt)
{
	struct parts parts;
	struct str signature;

	*ret_jwt = (struct jwt){0};
	if (!token.len)
		return JWT_EMPTY;
	if (!split(token, &parts, &ret_jwt->parts))
		return JWT_PARTS;
	enum jwt_reason reason = read_header(a, parts.header, ret_jwt);
	if (reason != JWT_OK)
		return reason;
	if (!enc_base64url_decode(a, parts.signature, &signature) ||
		!enc_base64url_decode(a, parts.payload, &ret_jwt->payload))
		return JWT_BASE64;
	reason = find_key(keys, &parts, signature, ret_jwt);
	if (reason != JWT_OK)
		return reason;
	ret_jwt->claims = json_parse(a, ret_jwt->payload, NULL);
	return json_type(ret_jwt->claims) == JSON_OBJECT ? JWT_OK : JWT_CLAIMS;
}

static struct str header_of(struct arena *a, const struct jwk *key)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "alg"), jsonw_cstr(&w, jwk_alg_name(jwk_alg(key)));
	jsonw_key(&w, "typ"), jsonw_cstr(&w, "JWT");
	if (jwk_kid(key).p)
		jsonw_key(&w, "kid"), jsonw_str(&w, jwk_kid(key));
	jsonw_end(&w);
	struct str text = enc_base64url(a, buf_view(&b));
	buf_done(&b);
	return text;
}

struct str jwt_sign(struct arena *a, const struct jwk *key, struct str claims)
{
	/* base64url ends with a NUL */
	struct str text = str_printf(a, "%s.%s", header_of(a, key).p, enc_base64url(a, claims).p);
	struct str signature = enc_base64url(a, jwk_sign(a, key, jwk_alg(key), text));

	return str_printf(a, "%s.%s", text.p, signature.p);
}

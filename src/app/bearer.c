#include "app/bearer.h"

#include <string.h>

#include "app/token_keys.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/uuid.h"
#include "http/request.h"

struct str bearer_token(const struct http_request *http)
{
	struct str sent = http_header(http, "Authorization");
	struct str scheme = str_sub(sent, 0, strlen("Bearer "));

	if (str_eq_nocase(scheme, STR("Bearer ")))
		return str_trim(str_sub(sent, scheme.len, sent.len));
	return http_header(http, "apikey");
}

struct bearer bearer_check(const struct token_keys *k, struct arena *a,
	const struct http_request *http)
{
	return bearer_check_token(k, a, bearer_token(http));
}

struct bearer bearer_check_token(const struct token_keys *k, struct arena *a, struct str token)
{
	struct bearer b = {.is_there = token.len, .reason = JWT_EMPTY};
	struct jwt jwt;
	int64_t off_s;

	if (!token.len)
		return b;
	b.reason = jwt_verify(a, token_keys_set(k), token, &jwt);
	if (b.reason != JWT_OK)
		return b;
	struct jwt_terms terms = jwt_terms(jwt.claims, STR("authenticated"));
	b.reason = jwt_terms_check(&terms, now_us() / US_PER_SECOND, &off_s);
	if (b.reason != JWT_OK)
		return b;
	b.claims = jwt.payload;
	b.json = jwt.claims;
	json_to_str(json_get(jwt.claims, "role"), &b.role);
	if (json_to_str(json_get(jwt.claims, "sub"), &b.user_id) && !uuid_is_valid(b.user_id))
		b.user_id = STR_NULL;
	return b;
}

struct str bearer_claims(struct arena *a, const struct json *claims, struct str role)
{
	struct buf b;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	for (struct json_iter it = json_each(claims); json_next(&it);) {
		if (str_eq(it.key, STR("role")))
			continue;
		jsonw_key_str(&w, str_without_nul(a, it.key));
		struct buf value;
		buf_init(&value, 0);
		json_text_pg(&value, it.value);
		jsonw_raw(&w, buf_view(&value));
		buf_done(&value);
	}
	jsonw_key(&w, "role"), jsonw_str(&w, role);
	jsonw_end(&w);
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text;
}

const char *bearer_words(enum jwt_reason reason)
{
	static const char *const words[] = {
		[JWT_OK] = "the token is good",
		[JWT_EMPTY] = "there is no token",
		[JWT_PARTS] = "token is malformed: token contains an invalid number of segments",
		[JWT_BASE64] = "token is malformed: could not base64 decode",
		[JWT_HEADER] = "token is malformed: the header cannot be read",
		[JWT_UNSECURED] = "token is unverifiable: signing method none is invalid",
		[JWT_ALG] = "token is unverifiable: signing method is invalid",
		[JWT_CRIT] =
			"token is unverifiable: the header asks for extensions that are not known",
		[JWT_KID] = "token is unverifiable: unrecognized JWT kid",
		[JWT_KEY] = "token is unverifiable: no key is for its signing method",
		[JWT_SIGNATURE] = "token signature is invalid",
		[JWT_CLAIMS] = "token is malformed: the claims cannot be read",
		[JWT_EXP_TYPE] = "token has invalid claims: exp is no number",
		[JWT_NBF_TYPE] = "token has invalid claims: nbf is no number",
		[JWT_IAT_TYPE] = "token has invalid claims: iat is no number",
		[JWT_AUD_TYPE] = "token has invalid claims: aud is no text",
		[JWT_EXPIRED] = "token has invalid claims: token is expired",
		[JWT_EARLY] = "token has invalid claims: token is not valid yet",
		[JWT_FUTURE] = "token has invalid claims: token used before issued",
		[JWT_AUDIENCE] = "token has invalid claims: it is for another audience",
	};

	return words[reason];
}

/* Who asks: the token in Authorization, or else the API key. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/jwt.h"
#include "base/uuid.h"
#include "http/request.h"
#include "mod/storage/call.h"
#include "mod/storage/storage_local.h"

static struct str bearer(struct str authorization)
{
	const struct str scheme = STR("Bearer ");

	if (!str_eq_nocase(str_sub(authorization, 0, scheme.len), scheme))
		return STR_NULL;
	return str_trim(str_sub(authorization, scheme.len, authorization.len));
}

static const char *words_of(enum jwt_reason reason)
{
	if (reason == JWT_EXPIRED)
		return "\"exp\" claim timestamp check failed";
	if (reason == JWT_EARLY || reason == JWT_FUTURE)
		return "\"nbf\" claim timestamp check failed";
	if (reason == JWT_SIGNATURE || reason == JWT_KID || reason == JWT_KEY)
		return "signature verification failed";
	return "Invalid Compact JWS";
}

int storage_token_verify(struct storage_call *c, struct str token, const struct json **ret_claims)
{
	struct jwt jwt;
	int64_t off;
	enum jwt_reason reason = jwt_verify(c->arena, c->storage->keys, token, &jwt);

	if (reason == JWT_OK) {
		struct jwt_terms terms = jwt_terms(jwt.claims, STR_NULL);
		reason = jwt_terms_check(&terms, now_us() / US_PER_SECOND, &off);
	}
	if (reason != JWT_OK)
		return storage_fault(c, "InvalidJWT", "%s", words_of(reason));
	*ret_claims = jwt.claims;
	return 0;
}

/* With the role that is in force: policies read it there. */
static struct str claims_text(struct arena *a, const struct json *claims, struct str role)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_obj(&w);
	for (struct json_iter it = json_each(claims); json_next(&it);)
		if (!str_eq(it.key, STR("role"))) {
			struct buf value;
			buf_init(&value, 0);
			json_text_pg(&value, it.value);
			jsonw_key_str(&w, str_without_nul(a, it.key));
			jsonw_raw(&w, buf_view(&value));
			buf_done(&value);
		}
	jsonw_key(&w, "role"), jsonw_str(&w, role);
	jsonw_end(&w);
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text;
}

int storage_login(struct storage_call *c)
{
	struct str token = bearer(http_header(c->http, "Authorization")), role, sub;
	const struct json *claims = NULL;
	struct uuid id;

	if (!token.len)
		token = http_header(c->http, "apikey");
	if (token.len && storage_token_verify(c, token, &claims))
		return -1;
	if (!json_to_str(json_get(claims, "role"), &role) || !role.len)
		role = STR("anon");
	if (str_eq(role, STR("none")) || memchr(role.p, 0, role.len))
		return storage_fault(c, "AccessDenied", "the token has no role");
	c->caller.role = role;
	c->caller.claims = claims_text(c->arena, claims, role);
	if (json_to_str(json_get(claims, "sub"), &sub) && uuid_parse(sub, &id))
		c->caller.user_id = str_of(uuid_format(arena_alloc(c->arena, UUID_SIZE), id));
	return 0;
}

#include "mod/storage/token.h"

#include "app/service.h"
#include "app/token_keys.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/jwt.h"
#include "mod/storage/call.h"
#include "mod/storage/storage_local.h"

static struct str url_of(struct arena *a, struct str bucket, struct str name)
{
	return STR_JOIN(a, bucket, STR("/"), name);
}

int storage_token_sign(struct storage_call *c, const char *use, struct str bucket, struct str name,
	int64_t expires_in_s, struct str more, struct str *ret_token)
{
	const struct jwk *key = token_keys_signer(service_token_keys(c->service));
	int64_t now = now_us() / US_PER_SECOND;
	struct buf b;
	struct jsonw w;

	if (!key)
		return storage_fault(c, "NotImplemented",
			"this server has no key to sign links with");
	if (expires_in_s < 1 || expires_in_s > STORAGE_LINK_MAX_S)
		return storage_fault(c, "InvalidRequest", "body/expiresIn must be from 1 to %lld",
			(long long)STORAGE_LINK_MAX_S);
	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "url"), jsonw_str(&w, url_of(c->arena, bucket, name));
	jsonw_key(&w, "use"), jsonw_cstr(&w, use);
	jsonw_key(&w, "iat"), jsonw_i64(&w, now);
	jsonw_key(&w, "exp"), jsonw_i64(&w, now + expires_in_s);
	jsonw_end(&w);
	if (more.len) {
		buf_truncate(&b, b.len - 1);
		buf_char(&b, ',');
		buf_str(&b, more);
		buf_char(&b, '}');
	}
	*ret_token = jwt_sign(c->arena, key, buf_view(&b));
	buf_done(&b);
	return 0;
}

int storage_token_check(struct storage_call *c, const char *use, const struct json **ret_claims)
{
	struct str token = storage_query(c, "token"), url, for_what;
	int64_t until;

	if (!token.len)
		return storage_fault(c, "InvalidRequest",
			"querystring must have required property 'token'");
	if (storage_token_verify(c, token, ret_claims))
		return -1;
	/* To the second: link and clock are ours, so there is no difference between clocks to allow for. */
	if (!json_to_i64(json_get(*ret_claims, "exp"), &until) || until <= now_us() / US_PER_SECOND)
		return storage_fault(c, "InvalidJWT", "\"exp\" claim timestamp check failed");
	if (!json_to_str(json_get(*ret_claims, "url"), &url) ||
		!json_to_str(json_get(*ret_claims, "use"), &for_what) ||
		!str_eq(for_what, str_of(use)) ||
		!str_eq(url, url_of(c->arena, c->bucket, c->name)))
		return storage_fault(c, "InvalidSignature", "Invalid signature");
	return 0;
}

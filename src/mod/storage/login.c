/* Who asks: the token in Authorization, or else the API key. */
#include <string.h>

#include "app/bearer.h"
#include "app/service.h"
#include "app/token_keys.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/jwt.h"
#include "http/request.h"
#include "mod/storage/call.h"
#include "mod/storage/storage_local.h"

static const char *words_of(enum jwt_reason reason)
{
	if (reason == JWT_EXPIRED)
		return "\"exp\" claim timestamp check failed";
	if (reason == JWT_SIGNATURE)
		return "signature verification failed";
	return bearer_words(reason);
}

int storage_token_verify(struct storage_call *c, struct str token, const struct json **ret_claims)
{
	struct jwt jwt;
	int64_t off;
	enum jwt_reason reason =
		jwt_verify(c->arena, token_keys_set(service_token_keys(c->service)), token, &jwt);

	if (reason == JWT_OK) {
		struct jwt_terms terms = jwt_terms(jwt.claims, STR_NULL);
		reason = jwt_terms_check(&terms, now_us() / US_PER_SECOND, &off);
	}
	if (reason != JWT_OK)
		return storage_fault(c, "InvalidJWT", "%s", words_of(reason));
	*ret_claims = jwt.claims;
	return 0;
}

int storage_login(struct storage_call *c)
{
	struct bearer who = bearer_check(service_token_keys(c->service), c->arena, c->http);
	struct str role = who.role.len ? who.role : STR("anon");

	if (who.is_there && who.reason != JWT_OK)
		return storage_fault(c, "InvalidJWT", "%s", words_of(who.reason));
	if (str_eq(role, STR("none")) || memchr(role.p, 0, role.len))
		return storage_fault(c, "AccessDenied", "the token has no role");
	c->caller.role = role;
	c->caller.claims = bearer_claims(c->arena, who.json, role);
	c->caller.user_id = who.user_id;
	return 0;
}

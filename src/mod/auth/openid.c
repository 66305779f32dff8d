#include "mod/auth/openid.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/jwk.h"
#include "http/client.h"
#include "mod/auth/more.h"
#include "mod/auth/oauth.h"
#include "mod/auth/openid_local.h"

#define SELF_US (3600 * US_PER_SECOND)
#define KEYS_US (600 * US_PER_SECOND)
#define AGAIN_US (5 * US_PER_SECOND)

/* One for each provider, by its place in the list. What is replaced is freed at once: nobody keeps it over a wait. */
static struct cached {
	struct arena *self_arena, *keys_arena;
	struct openid_self self;
	const struct jwk_set *keys;
	int64_t self_us, keys_us; /* when they came, on the monotonic clock */
} *cache;
static size_t n_cache;

void openid_open(size_t providers)
{
	n_cache = providers;
	cache = calloc(providers + 1, sizeof *cache);
	if (!cache)
		abort();
}

void openid_close(void)
{
	for (size_t i = 0; cache && i < n_cache; i++) {
		arena_free(cache[i].self_arena);
		arena_free(cache[i].keys_arena);
	}
	free(cache);
	cache = NULL;
}

static struct cached *cached_of(const struct auth_provider *p)
{
	return &cache[auth_oauth_index(p)];
}

static int refuse_self(struct auth_call *c, const struct auth_provider *p, const char *member)
{
	return auth_fault(c, 502, "unexpected_failure",
		"The discovery document of " STR_FMT " has no usable %s", STR_ARG(p->name), member);
}

/* Over plain HTTP only what is on this machine, as its issuer (provider.c). */
static bool take_url(const struct auth_provider *p, const struct json *doc, const char *member,
	struct str *ret_url)
{
	return json_to_str(json_get(doc, member), ret_url) &&
		(str_starts(*ret_url, STR("https://")) ||
			(str_starts(*ret_url, STR("http://")) &&
				str_starts(p->issuer, STR("http://"))));
}

/* Without the member the specification says client_secret_basic. */
static bool wants_basic(const struct json *doc)
{
	const struct json *methods = json_get(doc, "token_endpoint_auth_methods_supported");
	struct str method;

	for (struct json_iter it = json_each(methods); json_next(&it);)
		if (json_to_str(it.value, &method) && str_eq(method, STR("client_secret_post")))
			return false;
	return true;
}

static int read_self(struct auth_call *c, const struct auth_provider *p, const struct json *doc,
	struct openid_self *ret_self)
{
	struct openid_self s = {.basic = p->client_secret.p && wants_basic(doc)};

	if (!json_to_str(json_get(doc, "issuer"), &s.issuer) || !str_eq(s.issuer, p->issuer))
		return refuse_self(c, p, "issuer");
	if (!take_url(p, doc, "authorization_endpoint", &s.authorize_url))
		return refuse_self(c, p, "authorization_endpoint");
	if (!take_url(p, doc, "token_endpoint", &s.token_url))
		return refuse_self(c, p, "token_endpoint");
	if (!take_url(p, doc, "jwks_uri", &s.jwks_url))
		return refuse_self(c, p, "jwks_uri");
	if (!take_url(p, doc, "userinfo_endpoint", &s.userinfo_url))
		s.userinfo_url = STR_NULL;
	*ret_self = s;
	return 0;
}

static struct openid_self copy_self(struct arena *a, const struct openid_self *s)
{
	return (struct openid_self){.issuer = str_copy(a, s->issuer),
		.authorize_url = str_copy(a, s->authorize_url),
		.token_url = str_copy(a, s->token_url),
		.userinfo_url = str_copy(a, s->userinfo_url),
		.jwks_url = str_copy(a, s->jwks_url),
		.basic = s->basic};
}

int openid_self(struct auth_call *c, const struct auth_provider *p, struct openid_self *ret_self)
{
	struct cached *k = cached_of(p);
	const struct json *doc;

	if (k->self_arena && mono_us() - k->self_us < SELF_US) {
		*ret_self = copy_self(c->arena, &k->self);
		return 0;
	}
	struct str base = p->issuer;
	while (str_ends(base, STR("/")))
		base.len--;
	if (auth_oauth_get(c, p, STR_JOIN(c->arena, base, STR("/.well-known/openid-configuration")),
		    STR_NULL, &doc) ||
		read_self(c, p, doc, ret_self))
		return -1;
	arena_free(k->self_arena);
	k->self_arena = arena_new();
	k->self = copy_self(k->self_arena, ret_self);
	k->self_us = mono_us();
	return 0;
}

int openid_keys(struct auth_call *c, const struct auth_provider *p, bool again,
	const struct jwk_set **ret_keys)
{
	struct cached *k = cached_of(p);
	struct openid_self self;
	const struct json *doc;

	if (k->keys && mono_us() - k->keys_us < (again ? AGAIN_US : KEYS_US)) {
		*ret_keys = k->keys;
		return 0;
	}
	if (openid_self(c, p, &self) || auth_oauth_get(c, p, self.jwks_url, STR_NULL, &doc))
		return -1;
	struct arena *a = arena_new();
	struct err e = {.arena = c->arena};
	const struct jwk_set *keys = jwk_set_parse(a, json_text_dup(a, doc), &e);
	if (!keys) {
		arena_free(a);
		return auth_fault(c, 502, "unexpected_failure",
			"The keys of " STR_FMT " cannot be read: %s", STR_ARG(p->name), e.msg);
	}
	arena_free(k->keys_arena);
	k->keys_arena = a;
	k->keys = keys;
	k->keys_us = mono_us();
	*ret_keys = keys;
	return 0;
}

#include "mod/rest/login.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "app/bearer.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/jwt.h"
#include "base/sieve.h"
#include "base/uuid.h"
#include "mod/rest/claim.h"
#include "mod/rest/config.h"
#include "mod/rest/login_local.h"

#define CACHE_BYTES (16 << 20) /* at least; a token and its claims have about 1.5 kB */
#define ENTRY_BYTES 4096

struct rest_login_cache {
	const struct rest_config *config;
	struct sieve *kept;
	const struct jwk_set *keys; /* NULL: the configuration's */
	struct str anon_claims;     /* of config's arena */
};

/* What is kept of a token: these numbers, and behind them the texts one after another. */
struct kept {
	struct jwt_terms terms;
	uint32_t role_len, claims_len, user_id_len;
	bool has_role;
	char texts[];
};

static size_t bytes_of(const struct rest_config *config)
{
	size_t wanted = (size_t)config->jwt_cache_max_entries * ENTRY_BYTES;

	return wanted > CACHE_BYTES ? wanted : CACHE_BYTES;
}

struct rest_login_cache *rest_login_cache_new(const struct rest_config *config)
{
	struct rest_login_cache *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	c->kept = sieve_new(0, 0);
	rest_login_configure(c, config);
	return c;
}

void rest_login_cache_free(struct rest_login_cache *c)
{
	if (!c)
		return;
	sieve_free(c->kept);
	free(c);
}

void rest_login_configure(struct rest_login_cache *c, const struct rest_config *config)
{
	assert(config->role_claim); /* finished */
	sieve_clear(c->kept);
	sieve_limit(c->kept, (size_t)config->jwt_cache_max_entries, bytes_of(config));
	c->config = config;
	c->anon_claims = bearer_claims(config->arena, NULL, config->db_anon_role);
}

void rest_login_keys(struct rest_login_cache *c, const struct jwk_set *keys)
{
	sieve_clear(c->kept);
	c->keys = keys;
}

static const struct jwk_set *keys_of(const struct rest_login_cache *c)
{
	return c->keys ? c->keys : c->config->keys;
}

struct rest_login_stats rest_login_stats(const struct rest_login_cache *c)
{
	struct sieve_stats s = sieve_stats(c->kept);

	return (struct rest_login_stats){
		.requests = s.requests,
		.hits = s.hits,
		.evictions = s.evictions,
		.entries = s.entries,
		.bytes = s.bytes,
	};
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* The scheme in any case. A scheme without a token is an empty token, not none. */
static struct str bearer(struct str authorization)
{
	size_t len = strlen("Bearer");
	struct str scheme = str_sub(authorization, 0, len);

	if (!str_eq_nocase(scheme, STR("Bearer")) ||
		(authorization.len > len && !is_space(authorization.p[len])))
		return STR_NULL;
	return str_trim(str_sub(authorization, len, authorization.len));
}

static struct str token_of(struct str authorization, struct str apikey)
{
	struct str token = bearer(authorization);

	return token.p || !apikey.len ? token : apikey;
}

static int answer(const struct rest_login_cache *c, struct arena *a, struct rest_login found,
	struct rest_login *ret_login)
{
	*ret_login = (struct rest_login){
		.role = str_copy(a, found.role),
		.claims = str_copy(a, found.claims),
		.user_id = str_copy(a, found.user_id),
		.anonymous = str_eq(found.role, c->config->db_anon_role),
	};
	return 0;
}

/* The role may be any JSON there: PostgREST takes its text, and PostgreSQL then has no such role. False for one that
 * PostgreSQL could not even be asked for. */
static bool role_of(const struct rest_login_cache *c, struct arena *a, const struct json *claims,
	struct str *ret_role)
{
	const struct json *v = rest_claim_find(c->config->role_claim, claims);

	if (!v)
		*ret_role = c->config->db_anon_role;
	else if (!json_to_str(v, ret_role))
		*ret_role = json_text_dup(a, v);
	return str_find_char(*ret_role, '\0') < 0;
}

static struct str user_id_of(struct arena *a, const struct json *claims)
{
	struct uuid id;
	struct str sub;

	if (!json_to_str(json_get(claims, "sub"), &sub) || !uuid_parse(sub, &id))
		return STR_NULL;
	return str_of(uuid_format(arena_alloc(a, UUID_SIZE), id));
}

static int64_t now_s(void)
{
	return now_us() / US_PER_SECOND;
}

static int check_terms(const struct jwt_terms *terms, bool has_role, struct rest_fault *f)
{
	int64_t off_s = 0;
	enum jwt_reason reason = jwt_terms_check(terms, now_s(), &off_s);

	if (reason != JWT_OK)
		return login_refuse(f, reason, 0, off_s);
	return has_role ? 0 : login_refuse_nobody(f);
}

static int from_kept(const struct rest_login_cache *c, struct arena *a, const struct kept *k,
	struct rest_login *ret_login, struct rest_fault *f)
{
	const char *claims = k->texts + k->role_len, *user_id = claims + k->claims_len;

	if (check_terms(&k->terms, k->has_role, f))
		return -1;
	return answer(c, a,
		(struct rest_login){
			.role = str_from(k->texts, k->role_len),
			.claims = str_from(claims, k->claims_len),
			.user_id = k->user_id_len ? str_from(user_id, k->user_id_len) : STR_NULL,
		},
		ret_login);
}

static void keep(struct rest_login_cache *c, struct str token, const struct jwt_terms *terms,
	const struct rest_login *found)
{
	size_t len = found->role.len + found->claims.len + found->user_id.len;
	struct kept *k = c->config->jwt_cache_max_entries
		? sieve_put(c->kept, token, sizeof(*k) + len)
		: NULL;

	if (!k)
		return;
	*k = (struct kept){
		.terms = *terms,
		.role_len = (uint32_t)found->role.len,
		.claims_len = (uint32_t)found->claims.len,
		.user_id_len = (uint32_t)found->user_id.len,
		.has_role = found->role.p,
	};
	char *at = k->texts;
	for (size_t i = 0; i < 3; i++) {
		struct str text = i == 0 ? found->role : i == 1 ? found->claims : found->user_id;
		if (text.len)
			memcpy(at, text.p, text.len);
		at += text.len;
	}
}

/* own: for what is needed here only. */
static int from_token(struct rest_login_cache *c, struct arena *own, struct arena *a,
	struct str token, struct rest_login *ret_login, struct rest_fault *f)
{
	struct jwt jwt;
	struct rest_login found = {0};
	enum jwt_reason reason = jwt_verify(own, keys_of(c), token, &jwt);

	if (reason != JWT_OK)
		return login_refuse(f, reason, jwt.parts, 0);
	struct jwt_terms terms = jwt_terms(jwt.claims, c->config->jwt_aud);
	if (!role_of(c, own, jwt.claims, &found.role))
		return login_refuse(f, JWT_CLAIMS, 0, 0);
	if (str_eq(found.role,
		    STR("none"))) /* would leave the request with the rights of the login */
		return login_refuse_role(f, found.role);
	found.claims = bearer_claims(own, jwt.claims, found.role);
	found.user_id = user_id_of(own, jwt.claims);
	keep(c, token, &terms, &found);
	return check_terms(&terms, found.role.p, f) ? -1 : answer(c, a, found, ret_login);
}

int rest_login_check(struct rest_login_cache *c, struct arena *a, struct str authorization,
	struct str apikey, struct rest_login *ret_login, struct rest_fault *f)
{
	const struct rest_config *config = c->config;
	struct str token = token_of(authorization, apikey);

	if (!token.p && !config->db_anon_role.p)
		return login_refuse_nobody(f);
	if (!token.p)
		return answer(c, a,
			(struct rest_login){.role = config->db_anon_role, .claims = c->anon_claims},
			ret_login);
	if (!keys_of(c))
		return login_refuse_all(f);
	const struct kept *k = config->jwt_cache_max_entries ? sieve_get(c->kept, token) : NULL;
	if (k)
		return from_kept(c, a, k, ret_login, f);
	struct arena *own = arena_new();
	int rc = from_token(c, own, a, token, ret_login, f);
	arena_free(own);
	return rc;
}

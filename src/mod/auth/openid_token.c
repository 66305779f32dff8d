/* Is this id_token by that provider, for us, now; and who is it? */
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/jwt.h"
#include "mod/auth/more.h"
#include "mod/auth/oauth.h"
#include "mod/auth/openid.h"
#include "mod/auth/openid_local.h"

#define SUBJECT_MAX 255

static int bad_token(struct auth_call *c, const char *why)
{
	return auth_fault(c, 400, "bad_jwt", "Bad ID token: %s", why);
}

static bool is_unknown_key(enum jwt_reason r)
{
	return r == JWT_KID || r == JWT_KEY || r == JWT_SIGNATURE;
}

static int check_signature(struct auth_call *c, const struct auth_provider *p, struct str token,
	struct jwt *ret_jwt)
{
	const struct jwk_set *keys;

	if (openid_keys(c, p, false, &keys))
		return -1;
	enum jwt_reason r = jwt_verify(c->arena, keys, token, ret_jwt);
	if (is_unknown_key(r)) {
		if (openid_keys(c, p, true, &keys))
			return -1;
		r = jwt_verify(c->arena, keys, token, ret_jwt);
	}
	if (r != JWT_OK)
		return bad_token(c,
			is_unknown_key(r) ? "none of the provider's keys made the signature"
					  : "it is no signed token");
	/* A secret has no place in a public key set. */
	if (ret_jwt->alg == JWK_HS256 || ret_jwt->alg == JWK_HS384 || ret_jwt->alg == JWK_HS512)
		return bad_token(c, "it is signed with a shared secret");
	return 0;
}

static bool is_ours(const struct auth_provider *p, const struct json *audience)
{
	struct str text = STR_NULL;

	json_to_str(audience, &text);
	for (size_t i = 0; i < p->n_audiences; i++)
		if (str_eq(text, p->audiences[i]))
			return true;
	return false;
}

static int check_audience(struct auth_call *c, const struct auth_provider *p,
	const struct json *claims)
{
	const struct json *aud = json_get(claims, "aud"), *azp = json_get(claims, "azp");
	bool ours = is_ours(p, aud);

	for (struct json_iter it = json_each(aud); json_next(&it);)
		ours = ours || is_ours(p, it.value);
	if (!ours || (json_len(aud) > 1 && azp && !is_ours(p, azp)))
		return auth_fault(c, 400, "unexpected_audience",
			"Unacceptable audience in id_token");
	return 0;
}

static int check_terms(struct auth_call *c, const struct auth_provider *p,
	const struct json *claims, struct str *ret_issuer)
{
	struct jwt_terms terms = jwt_terms(claims, STR_NULL);
	int64_t off_s;

	if (!json_to_str(json_get(claims, "iss"), ret_issuer))
		return bad_token(c, "it has no issuer");
	/* Google has signed with and without the scheme. */
	if (!str_eq(*ret_issuer, p->issuer) &&
		!(str_eq(p->issuer, STR("https://accounts.google.com")) &&
			str_eq(*ret_issuer, STR("accounts.google.com"))))
		return bad_token(c, "it is by another issuer");
	if (check_audience(c, p, claims))
		return -1;
	if (json_type(json_get(claims, "exp")) != JSON_NUMBER)
		return bad_token(c, "it has no expiry");
	enum jwt_reason r = jwt_terms_check(&terms, now_us() / US_PER_SECOND, &off_s);
	if (r == JWT_EXPIRED)
		return bad_token(c, "it has expired");
	if (r == JWT_EARLY || r == JWT_FUTURE)
		return bad_token(c, "it is not good yet");
	return r == JWT_OK ? 0 : bad_token(c, "its times cannot be read");
}

static int check_nonce(struct auth_call *c, const struct json *claims, struct str wanted)
{
	struct str nonce = STR_NULL;

	json_to_str(json_get(claims, "nonce"), &nonce);
	if (!nonce.len && !wanted.len)
		return 0;
	if (!nonce.len || !wanted.len)
		return bad_token(c,
			"Passed nonce and nonce in id_token should either both exist or not.");
	return crypto_eq(nonce, wanted) ? 0 : bad_token(c, "Nonces mismatch");
}

/* Some write "true". */
static bool is_true(const struct json *v)
{
	struct str text = STR_NULL;
	bool yes = false;

	json_to_bool(v, &yes);
	json_to_str(v, &text);
	return yes || str_eq(text, STR("true"));
}

/* Without U+0000, which jsonb cannot hold. */
static void copy_member(struct auth_call *c, struct jsonw *w, const struct json *claims,
	const char *from, const char *to)
{
	struct str text;

	if (json_to_str(json_get(claims, from), &text))
		jsonw_key(w, to), jsonw_str(w, str_without_nul(c->arena, text));
}

static void write_data(struct auth_call *c, const struct json *claims, struct str issuer,
	struct auth_person *p)
{
	struct buf b;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "iss"), jsonw_str(&w, issuer);
	jsonw_key(&w, "sub"), jsonw_str(&w, p->subject);
	jsonw_key(&w, "provider_id"), jsonw_str(&w, p->subject);
	if (p->email.p)
		jsonw_key(&w, "email"), jsonw_str(&w, p->email);
	jsonw_key(&w, "email_verified"), jsonw_bool(&w, p->email_verified);
	jsonw_key(&w, "phone_verified"), jsonw_bool(&w, false);
	copy_member(c, &w, claims, "name", "name");
	copy_member(c, &w, claims, "name", "full_name");
	copy_member(c, &w, claims, "picture", "picture");
	copy_member(c, &w, claims, "picture", "avatar_url");
	copy_member(c, &w, claims, "preferred_username", "preferred_username");
	jsonw_obj_end(&w);
	p->data = str_copy(c->arena, buf_view(&b));
	buf_done(&b);
}

static void read_email(const struct json *claims, struct auth_person *p)
{
	p->email = STR_NULL;
	json_to_str(json_get(claims, "email"), &p->email);
	p->email_verified = p->email.p && is_true(json_get(claims, "email_verified"));
}

int openid_person(struct auth_call *c, const struct auth_provider *p, struct str id_token,
	struct str nonce, struct auth_person *ret_person)
{
	struct auth_person person = {0};
	struct str issuer;
	struct jwt jwt;

	if (check_signature(c, p, id_token, &jwt) || check_terms(c, p, jwt.claims, &issuer) ||
		check_nonce(c, jwt.claims, nonce))
		return -1;
	if (!json_to_str(json_get(jwt.claims, "sub"), &person.subject) || !person.subject.len ||
		person.subject.len > SUBJECT_MAX)
		return bad_token(c, "it does not say who it is about");
	read_email(jwt.claims, &person);
	write_data(c, jwt.claims, issuer, &person);
	*ret_person = person;
	return 0;
}

int openid_ask_email(struct auth_call *c, const struct auth_provider *p, struct str access,
	struct auth_person *person)
{
	struct openid_self self;
	const struct json *info;
	struct str subject = STR_NULL;

	if (openid_self(c, p, &self))
		return -1;
	if (person->email.p || !self.userinfo_url.p)
		return 0;
	if (auth_oauth_get(c, p, self.userinfo_url, access, &info))
		return -1;
	json_to_str(json_get(info, "sub"), &subject);
	if (!str_eq(subject, person->subject))
		return bad_token(c, "the userinfo is about somebody else");
	read_email(info, person);
	write_data(c, info, p->issuer, person);
	return 0;
}

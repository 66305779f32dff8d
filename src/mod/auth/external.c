/* Whom a provider knows and who that is here: signing in, linking, unlinking, and the tokens that clients got themselves. */
#include "app/module.h"
#include "app/settings.h"
#include "base/arena.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "base/json.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/auth/limit.h"
#include "mod/auth/more.h"
#include "mod/auth/oauth.h"
#include "mod/auth/openid.h"
#include "mod/auth/session.h"
#include "mod/auth/user.h"

int auth_external_sign_in(struct auth_call *c, const struct auth_provider *p,
	const struct auth_person *person, struct str *ret_user_id)
{
	struct batch *b = auth_call_batch(c);

	batch_add(b, "select auth.sign_in_person($1, $2, $3, $4, $5, $6)", 6,
		(struct db_param[]){db_str(p->name), db_str(person->subject), db_str(person->email),
			db_bool(person->email_verified), db_str(person->data),
			db_text(setting(SET_AUTH_SIGNUP))});
	if (auth_call_run(c, b))
		return -1;
	*ret_user_id = result_text(batch_result(b, 0), 0, 0);
	return 0;
}

int auth_external_link(struct auth_call *c, const struct auth_provider *p,
	const struct auth_person *person, struct str user_id)
{
	struct batch *b = auth_call_batch(c);

	batch_add(b, "select auth.link_person($1, $2, $3, $4, $5, $6)", 6,
		(struct db_param[]){db_str(user_id), db_str(p->name), db_str(person->subject),
			db_str(person->email), db_bool(person->email_verified),
			db_str(person->data)});
	return auth_call_run(c, b);
}

int auth_external_unlink(struct auth_call *c)
{
	struct batch *b = auth_call_batch(c);
	struct str id;

	if (auth_more_id(c, 0, "identity_not_found", &id))
		return -1;
	batch_add(b, "select auth.unlink_identity($1, $2)", 2,
		(struct db_param[]){db_str(c->user_id), db_str(id)});
	return auth_call_run(c, b) ? -1 : auth_reply_empty(c);
}

/* The client has the plain nonce, the provider got its SHA-256. */
static struct str hashed_nonce(struct arena *a, struct str nonce)
{
	unsigned char hash[CRYPTO_SHA256_LEN];

	if (!nonce.len)
		return STR_NULL;
	crypto_sha256(nonce, hash);
	return enc_hex(a, str_from(hash, sizeof hash));
}

int auth_token_id_token(struct auth_call *c)
{
	const struct auth_provider *p;
	struct str name, token, nonce, access;
	struct auth_person person;
	struct auth_tokens tokens;
	struct auth_user *u;

	if (auth_body_need(c, "provider", &name) || auth_body_need(c, "id_token", &token) ||
		auth_body_str(c, "nonce", &nonce) || auth_body_str(c, "access_token", &access) ||
		auth_limit(c, "token", STR_NULL) || auth_oauth_provider(c, name, &p))
		return -1;
	if (p->kind != AUTH_PROVIDER_OPENID)
		return auth_fault(c, 400, "validation_failed",
			"Provider " STR_FMT " does not give out id tokens", STR_ARG(name));
	if (openid_person(c, p, token, hashed_nonce(c->arena, nonce), &person) ||
		(access.len && openid_ask_email(c, p, access, &person)) ||
		auth_external_sign_in(c, p, &person, &name) || auth_user_by_id(c, name, &u))
		return -1;
	if (!u)
		return auth_fault(c, 403, "user_not_found", "User not found");
	if (auth_session_open(c, u, "oauth", &tokens))
		return -1;
	return auth_session_reply(c, u->id, &tokens);
}

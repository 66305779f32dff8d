/* POST /token: tokens for a password, a refresh token, or the code of a PKCE flow. */
#include "app/module.h"
#include "app/service.h"
#include "base/arena.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "base/json.h"
#include "base/secret.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/auth/auth_local.h"
#include "mod/auth/limit.h"
#include "mod/auth/more.h"
#include "mod/auth/password.h"
#include "mod/auth/session.h"
#include "mod/auth/session_flow.h"
#include "mod/auth/user.h"

/* Of no password that anybody has: an unknown address costs what a known one does. */
#define NOBODYS_HASH STR("$2b$10$EYdA1kHo0eveAYJovmg1auQrGObIb0ui47YqUClujIo9CUuXgoE3u")

static bool password_is_right(struct auth_call *c, const struct auth_user *u, struct str password)
{
	struct str hash = u && u->password.len ? u->password : NOBODYS_HASH;

	return password_fits(c->arena, password, hash) && u && u->password.len;
}

static int wrong_credentials(struct auth_call *c)
{
	return auth_fault(c, 400, "invalid_credentials", "Invalid login credentials");
}

static int by_password(struct auth_call *c)
{
	struct str email, password, phone;
	struct auth_tokens tokens;
	struct auth_user *u;

	if (auth_body_str(c, "email", &email) || auth_body_str(c, "phone", &phone) ||
		auth_body_str(c, "password", &password))
		return -1;
	if (phone.len)
		return auth_fault(c, 400, "phone_provider_disabled", "Phone logins are disabled");
	if (!email.len || !password.len)
		return auth_fault(c, 400, "validation_failed", "missing email or password");
	email = str_trim(email);
	if (auth_limit(c, "token", email))
		return -1;
	if (!str_is_utf8(email) || password.len > PASSWORD_MAX)
		return wrong_credentials(c);
	if (auth_user_by_email(c, email, &u))
		return -1;
	if (!password_is_right(c, u, password))
		return wrong_credentials(c);
	if (!u->email_confirmed_at.p)
		return auth_fault(c, 400, "email_not_confirmed", "Email not confirmed");
	if (u->is_banned)
		return auth_fault(c, 400, "user_banned", "User is banned");
	if (auth_session_open(c, u, "password", &tokens))
		return -1;
	return auth_session_reply(c, u->id, &tokens);
}

static int by_refresh_token(struct auth_call *c)
{
	struct auth_tokens tokens;
	struct str refresh, user_id;

	if (auth_body_need(c, "refresh_token", &refresh) ||
		auth_session_refresh(c, refresh, &user_id, &tokens))
		return -1;
	return auth_session_reply(c, user_id, &tokens);
}

static bool verifier_fits(struct auth_call *c, struct str verifier, struct str challenge,
	struct str method)
{
	struct str made = str_eq(method, STR("s256"))
		? enc_base64url(c->arena, auth_sha256(c->arena, verifier))
		: verifier;

	/* Some clients pad. */
	while (str_ends(challenge, STR("=")))
		challenge.len--;
	return crypto_eq(made, challenge);
}

struct flow_code {
	struct str id, user_id, challenge, challenge_method, method, provider_tokens;
	bool is_over;
};

/* Good for one try, right or wrong. */
static int take_code(struct auth_call *c, struct str code, struct flow_code *ret_code)
{
	struct batch *b = auth_call_batch(c);
	struct str t[7];

	batch_add(b,
		"delete from auth.flow_codes where code_hash = $1 "
		"returning id, user_id, code_challenge, code_challenge_method, method, provider_tokens, expires_at <= now()",
		1, (struct db_param[]){db_bytes(auth_sha256(c->arena, code))});
	if (auth_call_run(c, b))
		return -1;
	if (!result_rows(batch_result(b, 0)))
		return auth_fault(c, 404, "flow_state_not_found",
			"invalid flow state, no valid flow state found");
	result_row(batch_result(b, 0), 0, t);
	*ret_code = (struct flow_code){t[0], t[1], t[2], t[3], t[4], t[5],
		result_bool(batch_result(b, 0), 0, 6)};
	return 0;
}

static int by_code(struct auth_call *c)
{
	struct str code, verifier, extra = STR_NULL;
	struct err e = {.arena = c->arena};
	struct auth_tokens tokens;
	struct flow_code f = {0};

	if (auth_body_need(c, "auth_code", &code) ||
		auth_body_need(c, "code_verifier", &verifier) || auth_limit(c, "token", STR_NULL) ||
		take_code(c, code, &f))
		return -1;
	if (f.is_over)
		return auth_fault(c, 422, "flow_state_expired",
			"invalid flow state, flow state has expired");
	if (!verifier_fits(c, verifier, f.challenge, f.challenge_method))
		return auth_fault(c, 400, "bad_code_verifier",
			"code challenge does not match previously saved code verifier");
	if (f.provider_tokens.p &&
		secret_open(c->arena, service_keyring(c->service), session_flow_place(f.id),
			f.provider_tokens, &extra, &e))
		return auth_fail(c, &e);
	struct auth_user u = {.id = f.user_id};
	if (auth_session_open(c, &u, str_cstr(c->arena, f.method), &tokens))
		return -1;
	tokens.extra = extra;
	return auth_session_reply(c, u.id, &tokens);
}

int auth_token(struct auth_call *c)
{
	static const struct {
		const char *name;
		auth_handler *fn;
	} grants[] = {
		{"password", by_password},
		{"refresh_token", by_refresh_token},
		{"pkce", by_code},
		{"id_token", auth_token_id_token},
	};
	struct str grant = auth_query(c, "grant_type");

	if (!grant.len && auth_body_str(c, "grant_type", &grant))
		return -1;
	for (size_t i = 0; i < sizeof grants / sizeof *grants; i++)
		if (str_eq(grant, str_of(grants[i].name)))
			return grants[i].fn(c);
	return auth_fault(c, 400, "invalid_credentials", "unsupported_grant_type");
}

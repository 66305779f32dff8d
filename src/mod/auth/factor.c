/* Second factors by authenticator apps: enrol, challenge, verify, take away. */
#include "app/module.h"
#include "app/service.h"
#include "app/settings.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/secret.h"
#include "base/totp.h"
#include "base/uuid.h"
#include "db/batch.h"
#include "db/result.h"
#include "http/url.h"
#include "mod/auth/limit.h"
#include "mod/auth/more.h"
#include "mod/auth/onetime.h"
#include "mod/auth/qr.h"
#include "mod/auth/session.h"
#include "mod/auth/user.h"

#define NAME_MAX_LEN 200

int auth_factor_check_aal(struct auth_call *c, const struct auth_user *u)
{
	if (u->has_verified_factor && !str_eq(c->aal, STR("aal2")))
		return auth_fault(c, 401, "insufficient_aal",
			"AAL2 session is required to update email or password when MFA is enabled.");
	return 0;
}

static struct secret_place place_of(struct str factor)
{
	return (struct secret_place){STR("auth.mfa_factors"), factor, STR("secret")};
}

static int refuse_anonymous(struct auth_call *c)
{
	bool anonymous = false;

	if (json_to_bool(json_get(c->claims, "is_anonymous"), &anonymous) && anonymous)
		return auth_fault(c, 403, "no_authorization",
			"Anonymous user not allowed to perform these actions");
	return 0;
}

struct enrolling {
	struct str type, name, issuer, id, secret, uri;
};

static int read_enrolling(struct auth_call *c, struct enrolling *f)
{
	struct http_url site;

	if (auth_body_str(c, "factor_type", &f->type) ||
		auth_body_str(c, "friendly_name", &f->name) ||
		auth_body_str(c, "issuer", &f->issuer))
		return -1;
	if (str_eq(f->type, STR("phone")))
		return auth_fault(c, 422, "mfa_phone_enroll_not_enabled",
			"MFA enroll is disabled for Phone");
	if (str_eq(f->type, STR("webauthn")))
		return auth_fault(c, 422, "mfa_webauthn_enroll_not_enabled",
			"MFA enroll is disabled for WebAuthn");
	if (!str_eq(f->type, STR("totp")))
		return auth_fault(c, 400, "validation_failed",
			"factor_type needs to be totp, phone, or webauthn");
	if (f->name.len > NAME_MAX_LEN || f->issuer.len > NAME_MAX_LEN)
		return auth_fault(c, 400, "validation_failed",
			"friendly_name and issuer have at most %d bytes", NAME_MAX_LEN);
	if (!f->issuer.len)
		f->issuer = http_url_parse(auth_redirect_allowed(c, STR_NULL), &site, NULL)
			? STR("plat")
			: site.host;
	return 0;
}

static void make_secret(struct auth_call *c, struct enrolling *f, struct str account,
	struct str *ret_sealed)
{
	char *key = arena_alloc(c->arena, TOTP_KEY_LEN);

	crypto_random(key, TOTP_KEY_LEN);
	crypto_wipe_later(c->arena, key, TOTP_KEY_LEN);
	*ret_sealed = secret_seal(c->arena, service_keyring(c->service), place_of(f->id),
		str_from(key, TOTP_KEY_LEN));
	f->secret = enc_base32(c->arena, str_from(key, TOTP_KEY_LEN));
	struct str issuer = enc_percent(c->arena, f->issuer);
	f->uri = STR_JOIN(c->arena, STR("otpauth://totp/"), issuer, STR(":"),
		enc_percent(c->arena, account), STR("?algorithm=SHA1&digits=6&issuer="), issuer,
		STR("&period=30&secret="), f->secret);
}

static int store_enrolling(struct auth_call *c, struct enrolling *f, struct str account)
{
	struct batch *b = auth_call_batch(c);
	struct str sealed;

	batch_add(b, "select auth.enroll_factor($1, $2, coalesce($3, ''))", 3,
		(struct db_param[]){db_str(c->user_id), db_str(c->aal), db_str(f->name)});
	if (auth_call_run(c, b))
		return -1;
	/* The id is part of what the secret is sealed for, so the secret comes second; without one a factor cannot be used. */
	f->id = result_text(batch_result(b, 0), 0, 0);
	make_secret(c, f, account, &sealed);
	b = auth_call_batch(c);
	batch_add(b, "update auth.mfa_factors set secret = $2 where id = $1", 2,
		(struct db_param[]){db_str(f->id), db_str(sealed)});
	return auth_call_run(c, b);
}

int auth_factor_enroll(struct auth_call *c)
{
	struct enrolling f = {0};
	struct auth_user *u;
	struct buf b;

	if (refuse_anonymous(c) || read_enrolling(c, &f) || auth_user_by_id(c, c->user_id, &u))
		return -1;
	if (!u)
		return auth_fault(c, 404, "user_not_found", "User not found");
	if (store_enrolling(c, &f, u->email.len ? u->email : u->phone))
		return -1;
	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "id"), jsonw_str(&w, f.id);
	jsonw_key(&w, "type"), jsonw_cstr(&w, "totp");
	jsonw_key(&w, "friendly_name"), jsonw_str(&w, f.name.p ? f.name : STR(""));
	jsonw_key(&w, "totp"), jsonw_obj(&w);
	jsonw_key(&w, "qr_code"), jsonw_str(&w, qr_svg(c->arena, f.uri));
	jsonw_key(&w, "secret"), jsonw_str(&w, f.secret);
	jsonw_key(&w, "uri"), jsonw_str(&w, f.uri);
	jsonw_obj_end(&w);
	jsonw_obj_end(&w);
	int code = auth_reply(c, 200, &b);
	buf_done(&b);
	return code;
}

int auth_factor_challenge(struct auth_call *c)
{
	struct batch *batch = auth_call_batch(c);
	struct str factor;
	struct buf b;

	if (auth_more_id(c, 0, "mfa_factor_not_found", &factor) || auth_limit(c, "mfa", factor))
		return -1;
	batch_add(batch,
		"select id, extract(epoch from expires_at)::bigint from auth.challenge_factor($1, $2, nullif($3, '')::inet)",
		3, (struct db_param[]){db_str(c->user_id), db_str(factor), db_str(c->remote)});
	if (auth_call_run(c, batch))
		return -1;
	struct result *made = batch_result(batch, 0);
	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "id"), jsonw_str(&w, result_text(made, 0, 0));
	jsonw_key(&w, "type"), jsonw_cstr(&w, "totp");
	jsonw_key(&w, "expires_at"), jsonw_i64(&w, result_i64(made, 0, 1));
	jsonw_obj_end(&w);
	int code = auth_reply(c, 200, &b);
	buf_done(&b);
	return code;
}

static int check_code(struct auth_call *c, struct str factor, struct str challenge, struct str code,
	int64_t *ret_step)
{
	struct batch *b = auth_call_batch(c);
	struct err e = {.arena = c->arena};
	struct str key;

	batch_add(b, "select auth.answer_challenge($1, $2, $3)", 3,
		(struct db_param[]){db_str(c->user_id), db_str(factor), db_str(challenge)});
	if (auth_call_run(c, b))
		return -1;
	if (secret_open(c->arena, service_keyring(c->service), place_of(factor),
		    result_text(batch_result(b, 0), 0, 0), &key, &e))
		return auth_fail(c, &e);
	*ret_step = totp_find_step(key, code, now_us() / US_PER_SECOND);
	if (*ret_step < 0)
		return auth_fault(c, 422, "mfa_verification_failed", "Invalid TOTP code entered");
	return 0;
}

int auth_factor_verify(struct auth_call *c)
{
	struct str factor, challenge, code;
	struct auth_tokens tokens;
	int64_t step = 0;

	if (auth_more_id(c, 0, "mfa_factor_not_found", &factor) ||
		auth_body_need(c, "challenge_id", &challenge) || auth_body_need(c, "code", &code) ||
		auth_limit(c, "mfa", factor))
		return -1;
	if (!uuid_is_valid(challenge))
		return auth_fault(c, 404, "mfa_factor_not_found",
			"MFA factor with the provided challenge ID not found");
	if (check_code(c, factor, challenge, str_trim(code), &step))
		return -1;
	struct batch *b = auth_call_batch(c);
	batch_add(b, "select auth.pass_challenge($1, $2, $3, $4, $5)", 5,
		(struct db_param[]){db_str(c->user_id), db_str(c->session_id), db_str(factor),
			db_str(challenge), db_i64(c->arena, step)});
	if (auth_call_run(c, b) || auth_session_raise(c, factor, "totp", &tokens))
		return -1;
	return auth_session_reply(c, c->user_id, &tokens);
}

int auth_factor_unenroll(struct auth_call *c)
{
	struct batch *batch = auth_call_batch(c);
	struct str factor;
	struct buf b;

	if (auth_more_id(c, 0, "mfa_factor_not_found", &factor))
		return -1;
	batch_add(batch, "select id from auth.unenroll_factor($1, $2, $3)", 3,
		(struct db_param[]){db_str(c->user_id), db_str(c->aal), db_str(factor)});
	if (auth_call_run(c, batch))
		return -1;
	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "id"), jsonw_str(&w, factor);
	jsonw_obj_end(&w);
	int code = auth_reply(c, 200, &b);
	buf_done(&b);
	return code;
}

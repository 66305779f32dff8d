#include "mod/auth/session.h"

#include "app/module.h"
#include "app/settings.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/auth/auth_local.h"
#include "mod/auth/session_local.h"
#include "mod/auth/user.h"

#define TOKEN_BYTES 32
#define FOLLOW_MAX 8 /* times that a token was refreshed within ten seconds */

static struct str random_token(struct arena *a)
{
	unsigned char bytes[TOKEN_BYTES];

	crypto_random(bytes, sizeof bytes);
	return enc_base64url(a, str_from(bytes, sizeof bytes));
}

static struct str successor_of(struct auth_call *c, struct str token)
{
	return auth_site_mac(c->auth->site, c->arena, "refresh", token);
}

/* The user is read again, as whatever opened the session may have changed it, and who was banned or deleted meanwhile is not signed for. */
static int sign_for(struct auth_call *c, const struct session_row *s, struct str refresh,
	struct auth_tokens *ret_tokens)
{
	struct auth_user *u;

	if (auth_user_by_id(c, s->user_id, &u))
		return -1;
	if (!u)
		return auth_fault(c, 403, "user_not_found", "User not found");
	return session_sign(c, u, s, refresh, ret_tokens);
}

int auth_session_open(struct auth_call *c, const struct auth_user *u, const char *method,
	struct auth_tokens *ret_tokens)
{
	struct str refresh = random_token(c->arena);
	struct batch *b = auth_call_batch(c);
	struct db_param params[] = {db_str(u->id), db_text(method), db_str(c->user_agent),
		db_str(c->remote), db_i64(c->arena, setting_int(SET_AUTH_SESSION_HOURS)),
		db_bytes(auth_sha256(c->arena, refresh))};

	batch_add(b,
		"select s.id, s.user_id, s.aal, s.amr from auth.open_session($1, $2, $3, $4::inet, $5::int, $6) s",
		6, params);
	if (auth_call_run(c, b))
		return -1;
	struct session_row row = session_row_of(batch_result(b, 0), 0);
	return sign_for(c, &row, refresh, ret_tokens);
}

int auth_session_raise(struct auth_call *c, struct str factor_id, const char *method,
	struct auth_tokens *ret_tokens)
{
	struct str refresh = random_token(c->arena);
	struct batch *b = auth_call_batch(c);
	struct db_param params[] = {db_str(c->session_id), db_str(factor_id), db_text(method),
		db_bytes(auth_sha256(c->arena, refresh))};

	batch_add(b,
		"select s.id, s.user_id, s.aal, s.amr from auth.raise_session($1, $2, $3, $4) s", 4,
		params);
	if (auth_call_run(c, b))
		return -1;
	struct session_row row = session_row_of(batch_result(b, 0), 0);
	return sign_for(c, &row, refresh, ret_tokens);
}

static const struct refusal {
	const char *outcome, *code, *words;
	int status;
} refusals[] = {
	{"not_found", "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found",
		400},
	{"next", "refresh_token_already_used", "Invalid Refresh Token: Already Used", 400},
	{"already_used", "refresh_token_already_used", "Invalid Refresh Token: Already Used", 400},
	{"session_expired", "session_expired", "Invalid Refresh Token: Session Expired", 400},
	{"user_banned", "user_banned", "Invalid Refresh Token: User Banned", 400},
};

static int refuse(struct auth_call *c, struct str outcome)
{
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
		if (str_eq(outcome, str_of(refusals[i].outcome)))
			return auth_fault(c, refusals[i].status, refusals[i].code, "%s",
				refusals[i].words);
	return auth_fail(c, &(struct err){c->arena, E_BUG, "auth.refresh_session: new outcome"});
}

int auth_session_refresh(struct auth_call *c, struct str refresh, struct str *ret_user_id,
	struct auth_tokens *ret_tokens)
{
	struct str outcome = STR("not_found"), used = refresh;
	struct result *r = NULL;

	for (int i = 0; i < FOLLOW_MAX && used.len; i++) {
		struct str child = successor_of(c, used);
		struct batch *b = auth_call_batch(c);
		struct db_param params[] = {db_bytes(auth_sha256(c->arena, used)),
			db_bytes(auth_sha256(c->arena, child))};
		batch_add(b,
			"select r.outcome, (r.session).id, (r.session).user_id, (r.session).aal, (r.session).amr "
			"from auth.refresh_session($1, $2) r",
			2, params);
		if (auth_call_run(c, b))
			return -1;
		r = batch_result(b, 0);
		outcome = result_text(r, 0, 0);
		used = child;
		if (!str_eq(outcome, STR("next")))
			break;
	}
	if (!str_eq(outcome, STR("ok")))
		return refuse(c, outcome);
	struct session_row row = session_row_of(r, 1);
	*ret_user_id = row.user_id;
	return sign_for(c, &row, used, ret_tokens);
}

static void write_tokens(struct jsonw *w, const struct auth_tokens *t)
{
	jsonw_key(w, "access_token"), jsonw_str(w, t->access);
	jsonw_key(w, "token_type"), jsonw_cstr(w, "bearer");
	jsonw_key(w, "expires_in"), jsonw_i64(w, t->expires_in_s);
	jsonw_key(w, "expires_at"), jsonw_i64(w, t->expires_at_s);
	jsonw_key(w, "refresh_token"), jsonw_str(w, t->refresh);
}

int auth_session_reply(struct auth_call *c, struct str user_id, const struct auth_tokens *t)
{
	struct auth_user *u;
	struct buf b;

	if (auth_user_by_id(c, user_id, &u))
		return -1;
	if (!u)
		return auth_fault(c, 403, "user_not_found", "User not found");
	const struct json *extra = t->extra.p ? json_parse(c->arena, t->extra, NULL) : NULL;
	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	write_tokens(&w, t);
	for (struct json_iter it = json_each(extra); json_next(&it);)
		jsonw_key_str(&w, it.key), jsonw_json(&w, it.value);
	jsonw_key(&w, "user"), auth_user_write(&w, u);
	jsonw_end(&w);
	int code = auth_reply(c, 200, &b);
	buf_done(&b);
	return code;
}

/* Access tokens. */
#include "app/settings.h"
#include "app/token_keys.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/jsonw.h"
#include "base/jwt.h"
#include "db/result.h"
#include "mod/auth/auth_local.h"
#include "mod/auth/session.h"
#include "mod/auth/session_local.h"
#include "mod/auth/user.h"

struct session_row session_row_of(const struct result *r, int first)
{
	return (struct session_row){
		.id = result_text(r, 0, first),
		.user_id = result_text(r, 0, first + 1),
		.aal = result_text(r, 0, first + 2),
		.amr = result_text(r, 0, first + 3),
	};
}

static void write_claims(struct jsonw *w, const struct auth_call *c, const struct auth_user *u,
	const struct session_row *s, int64_t now_s, int64_t expires_s)
{
	jsonw_obj(w);
	jsonw_key(w, "iss"), jsonw_str(w, c->auth->issuer);
	jsonw_key(w, "sub"), jsonw_str(w, u->id);
	jsonw_key(w, "aud"), jsonw_str(w, u->aud);
	jsonw_key(w, "exp"), jsonw_i64(w, expires_s);
	jsonw_key(w, "iat"), jsonw_i64(w, now_s);
	jsonw_key(w, "email"), jsonw_str(w, u->email.p ? u->email : STR(""));
	jsonw_key(w, "phone"), jsonw_str(w, u->phone.p ? u->phone : STR(""));
	jsonw_key(w, "app_metadata"), jsonw_raw(w, u->app_metadata);
	jsonw_key(w, "user_metadata"), jsonw_raw(w, u->user_metadata);
	jsonw_key(w, "role"), jsonw_str(w, u->role);
	jsonw_key(w, "aal"), jsonw_str(w, s->aal);
	jsonw_key(w, "amr"), jsonw_raw(w, s->amr);
	jsonw_key(w, "session_id"), jsonw_str(w, s->id);
	jsonw_key(w, "is_anonymous"), jsonw_bool(w, u->is_anonymous);
	jsonw_end(w);
}

int session_sign(struct auth_call *c, const struct auth_user *u, const struct session_row *s,
	struct str refresh, struct auth_tokens *ret_tokens)
{
	const struct jwk *key = token_keys_signer(c->auth->keys);
	int64_t now_s = now_us() / US_PER_SECOND, good_s = setting_int(SET_AUTH_TOKEN_MINUTES) * 60;
	struct buf b;

	if (!key)
		return auth_fail(c,
			&(struct err){c->arena, E_INPUT, "PLAT_JWT_SECRET has no key that signs"});
	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	write_claims(&w, c, u, s, now_s, now_s + good_s);
	*ret_tokens = (struct auth_tokens){
		.session_id = s->id,
		.access = jwt_sign(c->arena, key, buf_view(&b)),
		.refresh = refresh,
		.expires_in_s = good_s,
		.expires_at_s = now_s + good_s,
	};
	buf_done(&b);
	return 0;
}

/* GET /settings, /health, /.well-known/jwks.json: what clients ask before they know anybody. */

#include "app/settings.h"
#include "app/token_keys.h"
#include "base/buf.h"
#include "base/jsonw.h"
#include "base/jwk.h"
#include "mod/auth/auth_local.h"
#include "mod/auth/more.h"

int auth_about_settings(struct auth_call *c)
{
	struct buf b;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "external"), jsonw_obj(&w);
	jsonw_key(&w, "anonymous_users"), jsonw_bool(&w, setting_is(SET_AUTH_ANONYMOUS, "on"));
	jsonw_key(&w, "email"), jsonw_bool(&w, true);
	jsonw_key(&w, "phone"), jsonw_bool(&w, false);
	auth_provider_write_names(c, &w);
	jsonw_end(&w);
	jsonw_key(&w, "disable_signup"), jsonw_bool(&w, !setting_is(SET_AUTH_SIGNUP, "on"));
	jsonw_key(&w, "mailer_autoconfirm"), jsonw_bool(&w, setting_is(SET_AUTH_CONFIRM, "auto"));
	jsonw_key(&w, "phone_autoconfirm"), jsonw_bool(&w, false);
	jsonw_key(&w, "sms_provider"), jsonw_cstr(&w, "");
	jsonw_key(&w, "saml_enabled"), jsonw_bool(&w, false);
	jsonw_end(&w);
	int code = auth_reply(c, 200, &b);
	buf_done(&b);
	return code;
}

int auth_about_health(struct auth_call *c)
{
	struct buf b;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "version"), jsonw_cstr(&w, "v" PLAT_VERSION);
	jsonw_key(&w, "name"), jsonw_cstr(&w, "plat");
	jsonw_key(&w, "description"), jsonw_cstr(&w, "Accounts in the dialect of Supabase Auth");
	jsonw_end(&w);
	int code = auth_reply(c, 200, &b);
	buf_done(&b);
	return code;
}

int auth_about_jwks(struct auth_call *c)
{
	struct buf b;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jwk_set_write(&w, token_keys_set(c->auth->keys));
	int code = auth_reply(c, 200, &b);
	buf_done(&b);
	return code;
}

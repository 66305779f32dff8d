/* POST /signup: a person with an address and a password, or somebody without either. */
#include <stdlib.h>

#include "app/settings.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/enc.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/uuid.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/auth/auth_local.h"
#include "mod/auth/email.h"
#include "mod/auth/limit.h"
#include "mod/auth/onetime.h"
#include "mod/auth/password.h"
#include "mod/auth/session.h"
#include "mod/auth/strength.h"
#include "mod/auth/user.h"

struct signup {
	struct str email, password, data; /* data as JSON */
	struct str challenge, method;     /* PKCE */
	struct str outcome, user_id;
};

static int refuse_signup(struct auth_call *c)
{
	return auth_fault(c, 422, "signup_disabled", "Signups not allowed for this instance");
}

static int read_data(struct auth_call *c, struct str *ret_data)
{
	if (auth_body_data(c, ret_data))
		return -1;
	if (!ret_data->p)
		*ret_data = STR("{}");
	return 0;
}

static int sign_up_anonymous(struct auth_call *c)
{
	struct auth_tokens tokens;
	struct auth_user u = {0};
	struct str data;
	struct batch *b;

	if (!setting_is(SET_AUTH_ANONYMOUS, "on"))
		return auth_fault(c, 422, "anonymous_provider_disabled",
			"Anonymous sign-ins are disabled");
	if (!setting_is(SET_AUTH_SIGNUP, "on"))
		return refuse_signup(c);
	if (auth_limit(c, "signup", STR_NULL) || read_data(c, &data))
		return -1;
	b = auth_call_batch(c);
	batch_add(b, "select auth.sign_up_anonymous($1)", 1, (struct db_param[]){db_str(data)});
	if (auth_call_run(c, b))
		return -1;
	u.id = result_text(batch_result(b, 0), 0, 0);
	if (auth_session_open(c, &u, "anonymous", &tokens))
		return -1;
	return auth_session_reply(c, u.id, &tokens);
}

/* What is stored does not depend on whether the address is known, nor does the time it takes. */
static int store(struct auth_call *c, struct signup *s)
{
	struct str hash = password_hash(c->arena, s->password);
	struct batch *b = auth_call_batch(c);
	struct db_param params[] = {db_str(s->email), db_str(hash), db_str(s->data),
		db_bool(setting_is(SET_AUTH_CONFIRM, "auto")),
		db_bool(!setting_is(SET_AUTH_SIGNUP, "on"))};

	batch_add(b, "select outcome, login from auth.sign_up($1, $2, $3, $4, $5)", 5, params);
	if (auth_call_run(c, b))
		return -1;
	s->outcome = result_text(batch_result(b, 0), 0, 0);
	s->user_id = result_text(batch_result(b, 0), 0, 1);
	return str_eq(s->outcome, STR("not_invited")) ? refuse_signup(c) : 0;
}

/* An id that looks drawn, and is the same each time. */
static struct str likely_id(struct auth_call *c, const char *use, struct str email)
{
	struct str mac = auth_site_mac(c->auth->site, c->arena, use, email);
	struct uuid id;

	if (!enc_hex_read(str_sub(mac, 0, 32), id.b))
		abort();
	id.b[6] = (id.b[6] & 0x0f) | 0x40;
	id.b[8] = (id.b[8] & 0x3f) | 0x80;
	return str_of(uuid_format(arena_alloc(c->arena, UUID_SIZE), id));
}

static void write_claims(struct jsonw *w, const struct json *data, struct str id, struct str email)
{
	jsonw_obj(w);
	for (struct json_iter it = json_each(data); json_next(&it);)
		if (!str_eq(it.key, STR("sub")) && !str_eq(it.key, STR("email")) &&
			!str_eq(it.key, STR("email_verified")) &&
			!str_eq(it.key, STR("phone_verified")))
			jsonw_key_str(w, it.key), jsonw_json(w, it.value);
	jsonw_key(w, "sub"), jsonw_str(w, id);
	jsonw_key(w, "email"), jsonw_str(w, email);
	jsonw_key(w, "email_verified"), jsonw_bool(w, false);
	jsonw_key(w, "phone_verified"), jsonw_bool(w, false);
	jsonw_end(w);
}

/* What a sign-up looks like that waits for its mail. It shows nothing that is stored but the id of a login of one's own, so that
 * nobody can tell whether the address had an account before, also not by asking twice. */
static int reply_waiting(struct auth_call *c, const struct signup *s, struct str id)
{
	const struct json *data = json_parse(c->arena, s->data, NULL);
	int64_t now = now_us();
	struct buf b;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "id"), jsonw_str(&w, id);
	jsonw_key(&w, "aud"), jsonw_cstr(&w, "authenticated");
	jsonw_key(&w, "role"), jsonw_cstr(&w, "authenticated");
	jsonw_key(&w, "email"), jsonw_str(&w, s->email);
	jsonw_key(&w, "phone"), jsonw_cstr(&w, "");
	jsonw_key(&w, "confirmation_sent_at"), jsonw_time(&w, now);
	jsonw_key(&w, "app_metadata"),
		jsonw_raw(&w, STR("{\"provider\":\"email\",\"providers\":[\"email\"]}"));
	jsonw_key(&w, "user_metadata"), write_claims(&w, data, id, s->email);
	jsonw_key(&w, "identities"), jsonw_arr(&w);
	jsonw_obj(&w);
	jsonw_key(&w, "identity_id"), jsonw_str(&w, likely_id(c, "identity id", s->email));
	jsonw_key(&w, "id"), jsonw_str(&w, id);
	jsonw_key(&w, "user_id"), jsonw_str(&w, id);
	jsonw_key(&w, "identity_data"), write_claims(&w, data, id, s->email);
	jsonw_key(&w, "provider"), jsonw_cstr(&w, "email");
	jsonw_key(&w, "last_sign_in_at"), jsonw_null(&w);
	jsonw_key(&w, "created_at"), jsonw_time(&w, now);
	jsonw_key(&w, "updated_at"), jsonw_time(&w, now);
	jsonw_key(&w, "email"), jsonw_str(&w, s->email);
	jsonw_end(&w), jsonw_end(&w);
	jsonw_key(&w, "created_at"), jsonw_time(&w, now);
	jsonw_key(&w, "updated_at"), jsonw_time(&w, now);
	jsonw_key(&w, "is_anonymous"), jsonw_bool(&w, false);
	jsonw_end(&w);
	auth_call_even(c);
	int code = auth_reply(c, 200, &b);
	buf_done(&b);
	return code;
}

static int send_confirmation(struct auth_call *c, const struct signup *s)
{
	struct auth_onetime_ask ask = {.kind = AUTH_CONFIRMATION,
		.user_id = s->user_id,
		.address = s->email,
		.redirect_to = auth_query(c, "redirect_to"),
		.code_challenge = s->challenge,
		.code_challenge_method = s->method,
		.data = s->data};

	return auth_onetime_send(c, &ask, NULL);
}

static int open_session(struct auth_call *c, const struct signup *s)
{
	struct auth_user u = {.id = s->user_id};
	struct auth_tokens tokens;

	if (auth_session_open(c, &u, "password", &tokens))
		return -1;
	return auth_session_reply(c, u.id, &tokens);
}

static int sign_up(struct auth_call *c, struct signup *s)
{
	bool is_auto = setting_is(SET_AUTH_CONFIRM, "auto");

	if (store(c, s))
		return -1;
	bool exists = str_eq(s->outcome, STR("exists"));
	if (is_auto && exists)
		return auth_fault(c, 422, "user_already_exists", "User already registered");
	if (is_auto)
		return open_session(c, s);
	if (exists ? auth_limit_mail(c, s->email) : send_confirmation(c, s))
		return -1;
	return reply_waiting(c, s, exists ? likely_id(c, "user id", s->email) : s->user_id);
}

int auth_signup(struct auth_call *c)
{
	struct signup s = {0};
	struct str email, phone;

	if (auth_body_str(c, "email", &email) || auth_body_str(c, "phone", &phone) ||
		auth_body_str(c, "password", &s.password))
		return -1;
	if (phone.len)
		return auth_fault(c, 400, "phone_provider_disabled", "Phone signups are disabled");
	if (!email.len && !s.password.len)
		return sign_up_anonymous(c);
	if (setting_is(SET_AUTH_SIGNUP, "off"))
		return refuse_signup(c);
	if (!s.password.len)
		return auth_fault(c, 400, "validation_failed", "Signup requires a valid password");
	if (email_of_body(c, &s.email) || read_data(c, &s.data) ||
		auth_session_challenge(c, &s.challenge, &s.method) ||
		auth_limit(c, "signup", s.email) || strength_check(c, s.password))
		return -1;
	return sign_up(c, &s);
}

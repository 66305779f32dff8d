/* POST /recover, /otp, /resend: mails that sign in. The answer, and the time it takes, is the same whether the address is known. */

#include "app/settings.h"
#include "base/arena.h"
#include "db/batch.h"
#include "mod/auth/auth_local.h"
#include "mod/auth/email.h"
#include "mod/auth/limit.h"
#include "mod/auth/onetime.h"
#include "mod/auth/session.h"
#include "mod/auth/user.h"

struct wish {
	struct str email, challenge, method;
	struct auth_user *user; /* NULL: nobody has this address */
};

static int read_wish(struct auth_call *c, const char *what, struct wish *w)
{
	if (email_of_body(c, &w->email) || auth_session_challenge(c, &w->challenge, &w->method) ||
		auth_limit(c, what, w->email) || auth_limit_mail(c, w->email))
		return -1;
	return auth_user_by_email(c, w->email, &w->user);
}

static int done(struct auth_call *c)
{
	auth_call_even(c);
	return auth_reply_empty(c);
}

/* The limit has been asked, for known and unknown addresses. */
static int mail(struct auth_call *c, const struct wish *w, enum auth_onetime_kind kind)
{
	struct auth_onetime_ask ask = {.kind = kind,
		.user_id = w->user->id,
		.address = w->email,
		.redirect_to = auth_query(c, "redirect_to"),
		.code_challenge = w->challenge,
		.code_challenge_method = w->method,
		.is_counted = true,
		.data = w->user->user_metadata};

	return auth_onetime_send(c, &ask, NULL);
}

int auth_recover(struct auth_call *c)
{
	struct wish w = {0};

	if (read_wish(c, "recover", &w))
		return -1;
	if (w.user && mail(c, &w, AUTH_RECOVERY))
		return -1;
	return done(c);
}

static int resend(struct auth_call *c, const struct wish *w, struct str type)
{
	struct auth_onetime_ask ask = {.kind = AUTH_EMAIL_CHANGE, .is_counted = true};

	if (!w->user)
		return 0;
	if (str_eq(type, STR("signup")))
		return w->user->email_confirmed_at.p ? 0 : mail(c, w, AUTH_CONFIRMATION);
	if (!w->user->email_change.len)
		return 0;
	ask.user_id = w->user->id;
	ask.address = ask.new_email = w->user->email_change;
	ask.email = w->user->email;
	ask.redirect_to = auth_query(c, "redirect_to");
	ask.code_challenge = w->challenge;
	ask.code_challenge_method = w->method;
	return auth_onetime_send(c, &ask, NULL);
}

int auth_recover_resend(struct auth_call *c)
{
	struct wish w = {0};
	struct str type, phone;

	if (auth_body_need(c, "type", &type) || auth_body_str(c, "phone", &phone))
		return -1;
	if (phone.len || str_eq(type, STR("sms")) || str_eq(type, STR("phone_change")))
		return auth_fault(c, 400, "phone_provider_disabled", "Phone logins are disabled");
	if (!str_eq(type, STR("signup")) && !str_eq(type, STR("email_change")))
		return auth_fault(c, 400, "validation_failed",
			"Missing one of these types: signup, email_change, sms, phone_change");
	if (read_wish(c, "resend", &w) || resend(c, &w, type))
		return -1;
	return done(c);
}

/* A login without a password; NULL when none may be made. */
static int make_user(struct auth_call *c, struct wish *w, struct str data)
{
	struct batch *b = auth_call_batch(c);

	batch_add(b, "select login from auth.sign_up($1, '', $2, false, $3)", 3,
		(struct db_param[]){db_str(w->email), db_str(data.p ? data : STR("{}")),
			db_bool(!setting_is(SET_AUTH_SIGNUP, "on"))});
	if (auth_call_run(c, b))
		return -1;
	return auth_user_by_email(c, w->email, &w->user);
}

int auth_recover_otp(struct auth_call *c)
{
	struct wish w = {0};
	bool may_create = true;
	struct str phone, data;

	if (auth_body_str(c, "phone", &phone) || auth_body_bool(c, "create_user", &may_create) ||
		auth_body_data(c, &data))
		return -1;
	if (phone.len)
		return auth_fault(c, 400, "phone_provider_disabled", "Unsupported phone provider");
	if (read_wish(c, "otp", &w))
		return -1;
	bool is_open = !setting_is(SET_AUTH_SIGNUP, "off");
	if (!w.user && may_create && is_open && make_user(c, &w, data))
		return -1;
	if (w.user && mail(c, &w, AUTH_MAGICLINK))
		return -1;
	return done(c);
}

/* GET and PUT /user, POST /logout, GET /reauthenticate: what a person does with the own login. */

#include "app/settings.h"
#include "base/arena.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/auth/auth_local.h"
#include "mod/auth/email.h"
#include "mod/auth/limit.h"
#include "mod/auth/more.h"
#include "mod/auth/onetime.h"
#include "mod/auth/onetime_local.h"
#include "mod/auth/password.h"
#include "mod/auth/session.h"
#include "mod/auth/strength.h"
#include "mod/auth/user.h"

struct change {
	struct auth_user *user;
	struct str email, password, nonce, phone;
	struct str data; /* absent: it stays */
	struct str challenge, method;
};

static int own_user(struct auth_call *c, struct auth_user **ret_user)
{
	if (auth_user_by_id(c, c->user_id, ret_user))
		return -1;
	return *ret_user ? 0 : auth_fault(c, 404, "user_not_found", "User not found");
}

int auth_account_get(struct auth_call *c)
{
	return auth_user_reply(c, c->user_id);
}

static int read_change(struct auth_call *c, struct change *ch)
{
	struct str channel;

	if (auth_body_str(c, "email", &ch->email) || auth_body_str(c, "password", &ch->password) ||
		auth_body_str(c, "nonce", &ch->nonce) || auth_body_str(c, "phone", &ch->phone) ||
		auth_body_str(c, "channel", &channel) || auth_body_data(c, &ch->data) ||
		auth_session_challenge(c, &ch->challenge, &ch->method))
		return -1;
	if (ch->phone.len)
		return auth_fault(c, 422, "phone_provider_disabled", "Phone logins are disabled");
	if (ch->email.len && email_of_body(c, &ch->email))
		return -1;
	return 0;
}

/* Data */

static int change_data(struct auth_call *c, const struct change *ch)
{
	struct batch *b;

	if (!ch->data.p)
		return 0;
	b = auth_call_batch(c);
	batch_add(b, "select auth.merge_user_data($1, $2)", 2,
		(struct db_param[]){db_str(c->user_id), db_str(ch->data)});
	return auth_call_run(c, b);
}

/* Password */

/* Is the sign-in of this session so long ago that the person has to show again who they are? */
static int is_old(struct auth_call *c, bool *ret_old)
{
	struct batch *b = auth_call_batch(c);

	*ret_old = false;
	if (!setting_is(SET_AUTH_REAUTHENTICATE, "on"))
		return 0;
	batch_add(b,
		"select coalesce(bool_and(created_at < now() - interval '1 day'), true) from auth.sessions where id = $1",
		1, (struct db_param[]){db_str(c->session_id)});
	if (auth_call_run(c, b))
		return -1;
	*ret_old = result_bool(batch_result(b, 0), 0, 0);
	return 0;
}

static int take_nonce(struct auth_call *c, const struct change *ch)
{
	struct str hash = onetime_hash(c->arena, c->auth->site, ch->user->email, ch->nonce);
	struct batch *b;

	if (auth_limit(c, "reauthenticate", c->user_id))
		return -1;
	b = auth_call_batch(c);
	batch_add(b,
		"select t.user_id is not distinct from $2 from auth.take_token($1, '{reauthentication_token}') t",
		2, (struct db_param[]){db_bytes(auth_sha256(c->arena, hash)), db_str(c->user_id)});
	if (auth_call_run(c, b))
		return -1;
	return result_bool(batch_result(b, 0), 0, 0)
		? 0
		: auth_fault(c, 422, "reauthentication_not_valid",
			  "Nonce has expired or is invalid");
}

static int check_password(struct auth_call *c, const struct change *ch)
{
	bool old;

	if (ch->user->is_anonymous && !ch->user->email.len && !ch->email.len)
		return auth_fault(c, 422, "validation_failed",
			"Updating password of an anonymous user without an email or phone is not allowed");
	if (is_old(c, &old))
		return -1;
	if (old && !ch->nonce.len)
		return auth_fault(c, 400, "reauthentication_needed",
			"Password update requires reauthentication");
	if (old && take_nonce(c, ch))
		return -1;
	if (strength_check(c, ch->password))
		return -1;
	if (ch->user->password.len && password_fits(c->arena, ch->password, ch->user->password))
		return auth_fault(c, 422, "same_password",
			"New password should be different from the old password.");
	return 0;
}

static int change_password(struct auth_call *c, const struct change *ch)
{
	struct batch *b;

	if (!ch->password.p)
		return 0;
	if (check_password(c, ch))
		return -1;
	struct str hash = password_hash(c->arena, ch->password);
	b = auth_call_batch(c);
	batch_add(b, "select auth.set_password($1, $2, $3)", 3,
		(struct db_param[]){db_str(c->user_id), db_str(hash), db_str(c->session_id)});
	return auth_call_run(c, b);
}

/* Address: what it is now agrees as well as what it shall be. */

static int ask_both(struct auth_call *c, const struct change *ch)
{
	struct auth_onetime_ask ask = {.kind = AUTH_EMAIL_CHANGE,
		.user_id = c->user_id,
		.address = ch->email,
		.redirect_to = auth_query(c, "redirect_to"),
		.code_challenge = ch->challenge,
		.code_challenge_method = ch->method,
		.email = ch->user->email,
		.new_email = ch->email};

	if (auth_onetime_send(c, &ask, NULL))
		return -1;
	if (!ch->user->email.len || !ch->user->email_confirmed_at.p)
		return 0;
	ask.kind = AUTH_EMAIL_CURRENT;
	ask.address = ch->user->email;
	return auth_onetime_send(c, &ask, NULL);
}

static int change_email(struct auth_call *c, const struct change *ch)
{
	bool is_auto = setting_is(SET_AUTH_CONFIRM, "auto");
	struct batch *b;

	if (!ch->email.len || str_eq_nocase(ch->email, ch->user->email))
		return 0;
	if (auth_limit(c, "email change", c->user_id))
		return -1;
	b = auth_call_batch(c);
	batch_add(b,
		is_auto ? "select auth.confirm_email($1, $2)"
			: "select auth.begin_email_change($1, $2)",
		2, (struct db_param[]){db_str(c->user_id), db_str(ch->email)});
	if (auth_call_run(c, b))
		return -1;
	return is_auto ? 0 : ask_both(c, ch);
}

int auth_account_put(struct auth_call *c)
{
	struct change ch = {0};

	if (read_change(c, &ch) || own_user(c, &ch.user))
		return -1;
	if ((ch.email.len || ch.password.p) && auth_factor_check_aal(c, ch.user))
		return -1;
	if (ch.user->is_sso_user && (ch.email.len || ch.password.p))
		return auth_fault(c, 422, "user_sso_managed",
			"Updating email, phone, password of a SSO account only possible via SSO");
	if (change_password(c, &ch) || change_data(c, &ch) || change_email(c, &ch))
		return -1;
	return auth_user_reply(c, c->user_id);
}

int auth_account_reauthenticate(struct auth_call *c)
{
	struct auth_user *u;

	if (own_user(c, &u))
		return -1;
	if (!u->email.len || !u->email_confirmed_at.p)
		return auth_fault(c, 422, "email_not_confirmed", "Please verify your email first.");
	struct auth_onetime_ask ask = {.kind = AUTH_REAUTHENTICATION,
		.user_id = u->id,
		.address = u->email};
	if (auth_limit(c, "reauthenticate", u->id) || auth_onetime_send(c, &ask, NULL))
		return -1;
	return auth_reply_empty(c);
}

int auth_account_logout(struct auth_call *c)
{
	struct str scope = auth_query(c, "scope");
	struct batch *b;

	if (!scope.len)
		scope = STR("global");
	if (!str_eq(scope, STR("global")) && !str_eq(scope, STR("local")) &&
		!str_eq(scope, STR("others")))
		return auth_fault(c, 400, "validation_failed", "Unsupported logout scope");
	b = auth_call_batch(c);
	batch_add(b, "select auth.end_session($1, $2, $3)", 3,
		(struct db_param[]){db_str(c->user_id), db_str(c->session_id), db_str(scope)});
	if (auth_call_run(c, b))
		return -1;
	return auth_reply_none(c);
}

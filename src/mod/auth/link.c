/* Links that the service key sends to people, or has made to send them itself: POST /invite, POST /admin/generate_link. */
#include "app/module.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/auth/more.h"
#include "mod/auth/onetime.h"
#include "mod/auth/user.h"

static const struct type {
	const char *name;
	enum auth_onetime_kind kind;
	bool may_exist, makes_login;
} types[] = {
	{"signup", AUTH_CONFIRMATION, false, true},
	{"invite", AUTH_INVITE, false, true},
	{"magiclink", AUTH_MAGICLINK, true, true},
	{"recovery", AUTH_RECOVERY, true, false},
	{"email_change_current", AUTH_EMAIL_CURRENT, true, false},
	{"email_change_new", AUTH_EMAIL_CHANGE, true, false},
};

static const struct type *type_of(struct str name)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (str_eq(name, str_of(types[i].name)))
			return &types[i];
	return NULL;
}

/* auth-js puts it into the query, others into the body. */
static int read_redirect(struct auth_call *c, struct str *ret_url)
{
	struct str asked = auth_query(c, "redirect_to");

	if (!asked.len && auth_body_str(c, "redirect_to", &asked))
		return -1;
	*ret_url = auth_redirect_allowed(c, asked);
	return 0;
}

static int expect_login(struct auth_call *c, struct str email, struct str hash, bool may_exist,
	struct str *ret_id)
{
	struct batch *b = auth_call_batch(c);
	struct str data;

	if (auth_body_data(c, &data))
		return -1;
	batch_add(b, "select auth.admin_expect_login($1, coalesce($2, ''), $3, $4)", 4,
		(struct db_param[]){db_str(email), db_str(hash), db_str(data), db_bool(may_exist)});
	if (auth_call_run(c, b))
		return -1;
	*ret_id = result_text(batch_result(b, 0), 0, 0);
	return 0;
}

int auth_link_invite(struct auth_call *c)
{
	struct auth_onetime_ask ask = {.kind = AUTH_INVITE};

	if (auth_body_need(c, "email", &ask.address) || auth_admin_email(c, &ask.address) ||
		read_redirect(c, &ask.redirect_to) ||
		expect_login(c, ask.address, STR_NULL, false, &ask.user_id) ||
		auth_onetime_send(c, &ask, NULL))
		return -1;
	return auth_user_reply(c, ask.user_id);
}

static int find_login(struct auth_call *c, struct auth_onetime_ask *ask)
{
	struct auth_user *u;

	if (auth_user_by_email(c, ask->address, &u))
		return -1;
	if (!u)
		return auth_fault(c, 404, "user_not_found", "User with this email not found");
	ask->user_id = u->id;
	return 0;
}

static int plan_email_change(struct auth_call *c, struct auth_onetime_ask *ask)
{
	struct batch *b = auth_call_batch(c);
	struct str to;

	if (auth_body_need(c, "new_email", &to) || auth_admin_email(c, &to))
		return -1;
	batch_add(b, "select auth.admin_plan_email_change($1, $2)", 2,
		(struct db_param[]){db_str(ask->address), db_str(to)});
	if (auth_call_run(c, b))
		return -1;
	ask->user_id = result_text(batch_result(b, 0), 0, 0);
	if (ask->kind == AUTH_EMAIL_CHANGE)
		ask->address = to;
	return 0;
}

static int prepare(struct auth_call *c, const struct type *t, struct auth_onetime_ask *ask)
{
	struct str hash = STR_NULL;

	if (t->kind == AUTH_CONFIRMATION) {
		if (auth_admin_password(c, &hash))
			return -1;
		if (!hash.p)
			return auth_fault(c, 400, "validation_failed",
				"Signup requires a valid password");
	}
	if (t->makes_login)
		return expect_login(c, ask->address, hash, t->may_exist, &ask->user_id);
	return t->kind == AUTH_RECOVERY ? find_login(c, ask) : plan_email_change(c, ask);
}

/* The user's members and the link's, in one object. */
static int reply(struct auth_call *c, const struct type *t, const struct auth_onetime_ask *ask,
	const struct auth_onetime *made)
{
	struct auth_user *u;
	struct buf user, b;

	if (auth_user_by_id(c, ask->user_id, &u))
		return -1;
	if (!u)
		return auth_fault(c, 404, "user_not_found", "User not found");
	buf_init(&user, 0);
	struct jsonw wu = jsonw_to(&user);
	auth_user_write(&wu, u);
	const struct json *members = json_parse(c->arena, buf_view(&user), &c->err);
	buf_done(&user);
	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "action_link"), jsonw_str(&w, made->link);
	jsonw_key(&w, "email_otp"), jsonw_str(&w, made->code);
	jsonw_key(&w, "hashed_token"), jsonw_str(&w, made->hash);
	jsonw_key(&w, "verification_type"), jsonw_cstr(&w, t->name);
	jsonw_key(&w, "redirect_to"), jsonw_str(&w, ask->redirect_to);
	for (struct json_iter it = json_each(members); json_next(&it);)
		jsonw_key_str(&w, it.key), jsonw_json(&w, it.value);
	jsonw_obj_end(&w);
	int code = auth_reply(c, 200, &b);
	buf_done(&b);
	return code;
}

int auth_link_generate(struct auth_call *c)
{
	struct auth_onetime_ask ask = {0};
	struct auth_onetime made;
	struct str name;

	if (auth_body_need(c, "type", &name) || auth_body_need(c, "email", &ask.address) ||
		auth_admin_email(c, &ask.address) || read_redirect(c, &ask.redirect_to))
		return -1;
	const struct type *t = type_of(name);
	if (!t)
		return auth_fault(c, 400, "validation_failed",
			"Invalid email action link type requested: " STR_FMT, STR_ARG(name));
	ask.kind = t->kind;
	if (prepare(c, t, &ask) || auth_onetime_send(c, &ask, &made))
		return -1;
	return reply(c, t, &ask, &made);
}

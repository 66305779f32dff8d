/* GET and POST /verify: links and codes that came by mail. */
#include "app/module.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/enc.h"
#include "base/jsonw.h"
#include "db/batch.h"
#include "db/result.h"
#include "http/request.h"
#include "http/url.h"
#include "mod/auth/auth_local.h"
#include "mod/auth/email.h"
#include "mod/auth/limit.h"
#include "mod/auth/onetime.h"
#include "mod/auth/onetime_local.h"
#include "mod/auth/session.h"
#include "mod/auth/user.h"

#define WAITING "Confirmation link accepted. Please proceed to confirm link sent to the other email"

/* A type, what it may be in auth.one_time_tokens, and how the sign-in is called in amr. Whoever was not known before gets a magic
 * link, whose codes clients may call signup or email. */
static const struct type {
	const char *name, *tokens, *method;
} types[] = {
	{"signup", "{confirmation_token,magiclink_token}", "email/signup"},
	{"magiclink", "{magiclink_token,confirmation_token}", "magiclink"},
	{"email", "{confirmation_token,magiclink_token,recovery_token,invite_token}", "otp"},
	{"recovery", "{recovery_token}", "recovery"},
	{"invite", "{invite_token}", "invite"},
	{"email_change", "{email_change_token_new,email_change_token_current}", "email_change"},
};

struct verified {
	struct str outcome, user_id, redirect_to, challenge, challenge_method;
};

static const struct type *type_of(struct str name)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (str_eq(name, str_of(types[i].name)))
			return &types[i];
	return NULL;
}

static int expired(struct auth_call *c)
{
	return auth_fault(c, 403, "otp_expired", "Token has expired or is invalid");
}

/* hash: as the link has it. */
static int take(struct auth_call *c, const struct type *type, struct str hash,
	struct verified *ret_verified)
{
	struct batch *b = auth_call_batch(c);
	struct str t[5];

	batch_add(b,
		"select v.outcome, (v.token).user_id, (v.token).redirect_to, (v.token).code_challenge, (v.token).code_challenge_method "
		"from auth.verify_token($1, $2::text[]) v",
		2,
		(struct db_param[]){db_bytes(auth_sha256(c->arena, hash)), db_text(type->tokens)});
	if (auth_call_run(c, b))
		return -1;
	result_row(batch_result(b, 0), 0, t);
	*ret_verified = (struct verified){t[0], t[1], t[2], t[3], t[4]};
	if (str_eq(t[0], STR("user_banned")))
		return auth_fault(c, 403, "user_banned", "User is banned");
	return str_eq(t[0], STR("not_found")) ? expired(c) : 0;
}

static bool is_waiting(const struct verified *v)
{
	return str_eq(v->outcome, STR("waiting"));
}

/* Back to the site with a word about it, in the fragment and, where a client with PKCE looks, in the query. */
static int redirect_with(struct auth_call *c, struct str to, const char *const pairs[][2])
{
	ptrdiff_t hash = str_find_char(to, '#');
	struct buf b;

	buf_init(&b, 0);
	buf_str(&b, hash < 0 ? to : str_sub(to, 0, (size_t)hash));
	for (int i = 0; pairs[i][0]; i++)
		http_url_add_query(&b, str_of(pairs[i][0]), str_of(pairs[i][1]));
	char sep = '#';
	for (int i = 0; pairs[i][0]; i++, sep = '&') {
		buf_char(&b, sep);
		buf_cstr(&b, pairs[i][0]);
		buf_char(&b, '=');
		buf_str(&b, enc_percent(c->arena, str_of(pairs[i][1])));
	}
	int code = auth_reply_redirect(c, str_copy(c->arena, buf_view(&b)));
	buf_done(&b);
	return code;
}

static int redirect_fault(struct auth_call *c, struct str to)
{
	bool is_link = str_eq(str_of(c->code), STR("otp_expired"));
	const char *words =
		is_link ? "Email link is invalid or has expired" : str_cstr(c->arena, c->words);
	const char *const pairs[][2] = {
		{"error", c->status >= 500 ? "server_error" : "access_denied"},
		{"error_code", c->code},
		{"error_description", words},
		{NULL, NULL},
	};

	return redirect_with(c, to, pairs);
}

static int follow_link(struct auth_call *c, const struct type *type, struct str token)
{
	static const char *const waiting[][2] = {{"message", WAITING}, {NULL, NULL}};
	struct verified v;
	struct auth_user *u;

	if (auth_limit(c, "verify", STR_NULL) || take(c, type, token, &v))
		return -1;
	/* Where the mail was asked to lead; the link itself may have been changed since. */
	struct str to = auth_redirect_allowed(c,
		v.redirect_to.len ? v.redirect_to : auth_query(c, "redirect_to"));
	if (is_waiting(&v))
		return redirect_with(c, to, waiting);
	if (auth_user_by_id(c, v.user_id, &u))
		return -1;
	return u ? auth_session_redirect(c, u, type->method, to, v.challenge, v.challenge_method)
		 : expired(c);
}

int auth_verify_get(struct auth_call *c)
{
	const struct type *type = type_of(auth_query(c, "type"));
	struct str token = auth_query(c, "token");
	struct str to = auth_redirect_allowed(c, auth_query(c, "redirect_to"));

	/* Who only looks where a link leads, as mail scanners do, does not use it up. */
	if (str_eq(c->req->http->method, STR("HEAD")))
		return auth_reply_empty(c);
	if (!token.len)
		token = auth_query(c, "token_hash");
	if (!token.len || !type)
		auth_fault(c, 400, "validation_failed",
			"Verify requires a token and a verification type");
	else if (!follow_link(c, type, token))
		return 0;
	return redirect_fault(c, to);
}

/* The code that was typed in, or what the link of the mail has. */
static int read_hash(struct auth_call *c, struct str *ret_hash)
{
	struct str token, hash, email, phone;

	if (auth_body_str(c, "token", &token) || auth_body_str(c, "token_hash", &hash) ||
		auth_body_str(c, "email", &email) || auth_body_str(c, "phone", &phone))
		return -1;
	if (phone.len)
		return auth_fault(c, 400, "phone_provider_disabled", "Phone logins are disabled");
	if (hash.len && (token.len || email.len))
		return auth_fault(c, 400, "validation_failed",
			"Only the token_hash and type should be provided");
	*ret_hash = hash;
	if (hash.len)
		return auth_limit(c, "verify", STR_NULL);
	if (!token.len || !email.len)
		return auth_fault(c, 400, "validation_failed",
			"Verify requires either a token or a token hash");
	if (email_of_body(c, &email) || auth_limit(c, "verify", email))
		return -1;
	*ret_hash = onetime_hash(c->arena, c->auth->site, email, str_trim(token));
	return 0;
}

static int reply_waiting(struct auth_call *c)
{
	struct buf b;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "msg"), jsonw_cstr(&w, WAITING);
	jsonw_key(&w, "code"), jsonw_cstr(&w, "200");
	jsonw_end(&w);
	int code = auth_reply(c, 200, &b);
	buf_done(&b);
	return code;
}

int auth_verify_post(struct auth_call *c)
{
	struct auth_tokens tokens;
	struct str name, hash;
	struct verified v;

	if (auth_body_need(c, "type", &name))
		return -1;
	const struct type *type = type_of(name);
	if (!type)
		return auth_fault(c, 400, "validation_failed", "Invalid verification type");
	if (read_hash(c, &hash) || take(c, type, hash, &v))
		return -1;
	if (is_waiting(&v))
		return reply_waiting(c);
	struct auth_user u = {.id = v.user_id};
	if (auth_session_open(c, &u, type->method, &tokens))
		return -1;
	return auth_session_reply(c, u.id, &tokens);
}

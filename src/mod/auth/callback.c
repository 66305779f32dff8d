/* The way back from a provider: GET and POST /callback. Whatever happens, the browser is sent on to where the person began. */
#include "app/module.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/enc.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/log.h"
#include "db/batch.h"
#include "db/result.h"
#include "http/url.h"
#include "mod/auth/auth_local.h"
#include "mod/auth/flow.h"
#include "mod/auth/limit.h"
#include "mod/auth/more.h"
#include "mod/auth/oauth.h"
#include "mod/auth/onetime.h"
#include "mod/auth/openid.h"
#include "mod/auth/session.h"
#include "mod/auth/user.h"

/* Providers come back with a query, or with a form (response_mode form_post). */
static struct str returned(struct auth_call *c, const char *name)
{
	struct str text = auth_query(c, name);

	if (!text.p)
		json_to_str(json_get(c->body, name), &text);
	return text;
}

static int take_flow(struct auth_call *c, struct auth_flow *f)
{
	struct batch *b = auth_call_batch(c);
	struct str state = returned(c, "state");

	if (!state.len)
		return auth_fault(c, 400, "bad_oauth_callback", "OAuth state parameter missing");
	batch_add(b,
		"select provider, verifier, nonce, redirect_to, code_challenge, code_challenge_method, user_id from auth.take_flow($1)",
		1, (struct db_param[]){db_bytes(auth_sha256(c->arena, state))});
	if (auth_call_run(c, b))
		return -1;
	struct result *r = batch_result(b, 0);
	if (!result_rows(r))
		return auth_fault(c, 400, "bad_oauth_state", "OAuth state is invalid or expired");
	f->verifier = result_text(r, 0, 1);
	f->nonce = result_text(r, 0, 2);
	f->redirect_to = result_text(r, 0, 3);
	f->code_challenge = result_text(r, 0, 4);
	f->code_challenge_method = result_text(r, 0, 5);
	f->user_id = result_text(r, 0, 6);
	return auth_oauth_provider(c, result_text(r, 0, 0), &f->provider);
}

static int ask_provider(struct auth_call *c, const struct auth_flow *f,
	struct auth_person *ret_person, struct auth_oauth_tokens *ret_tokens)
{
	struct auth_oauth_code code = {.code = returned(c, "code"),
		.verifier = f->verifier,
		.redirect_uri = auth_flow_callback_url(c),
		.token_url = f->provider->token_url};
	struct openid_self self;

	if (!code.code.len)
		return auth_fault(c, 400, "bad_oauth_callback", "OAuth code parameter missing");
	if (f->provider->kind == AUTH_PROVIDER_GITHUB)
		return auth_oauth_exchange(c, f->provider, &code, ret_tokens) ||
				auth_github_person(c, f->provider, ret_tokens->access, ret_person)
			? -1
			: 0;
	if (openid_self(c, f->provider, &self))
		return -1;
	code.token_url = self.token_url;
	code.basic = self.basic;
	if (auth_oauth_exchange(c, f->provider, &code, ret_tokens) ||
		openid_person(c, f->provider, ret_tokens->id, f->nonce, ret_person))
		return -1;
	return openid_ask_email(c, f->provider, ret_tokens->access, ret_person);
}

/* The provider's tokens, for clients that go on asking it. */
static struct str extra_of(struct auth_call *c, const struct auth_oauth_tokens *tokens)
{
	struct buf b;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "provider_token"), jsonw_str(&w, tokens->access);
	if (tokens->refresh.p)
		jsonw_key(&w, "provider_refresh_token"), jsonw_str(&w, tokens->refresh);
	jsonw_obj_end(&w);
	struct str text = str_copy(c->arena, buf_view(&b));
	buf_done(&b);
	return text;
}

static void add_field(struct auth_call *c, struct buf *url, char separator, const char *name,
	struct str value)
{
	if (!value.p)
		return;
	buf_char(url, separator);
	buf_cstr(url, name);
	buf_char(url, '=');
	buf_str(url, enc_percent(c->arena, value));
}

static void begin_url(struct buf *url, const struct str *to)
{
	ptrdiff_t fragment = str_find_char(*to, '#');

	buf_init(url, 0);
	buf_str(url, fragment < 0 ? *to : str_sub(*to, 0, (size_t)fragment));
}

static int go(struct auth_call *c, struct buf *url)
{
	int code = auth_reply_redirect(c, str_copy(c->arena, buf_view(url)));

	buf_done(url);
	return code;
}

static int go_with_code(struct auth_call *c, const struct auth_flow *f, const struct auth_user *u,
	const struct auth_oauth_tokens *tokens)
{
	struct str code;
	struct buf url;

	if (auth_session_code_with(c, u, "oauth", f->code_challenge, f->code_challenge_method,
		    extra_of(c, tokens), &code))
		return -1;
	begin_url(&url, &f->redirect_to);
	http_url_add_query(&url, STR("code"), code);
	return go(c, &url);
}

static int go_with_tokens(struct auth_call *c, const struct auth_flow *f, const struct auth_user *u,
	const struct auth_oauth_tokens *tokens)
{
	struct auth_tokens t;
	struct buf url;

	if (auth_session_open(c, u, "oauth", &t))
		return -1;
	begin_url(&url, &f->redirect_to);
	add_field(c, &url, '#', "access_token", t.access);
	buf_printf(&url, "&expires_at=%lld&expires_in=%lld", (long long)t.expires_at_s,
		(long long)t.expires_in_s);
	add_field(c, &url, '&', "provider_token", tokens->access);
	add_field(c, &url, '&', "provider_refresh_token", tokens->refresh);
	add_field(c, &url, '&', "refresh_token", t.refresh);
	add_field(c, &url, '&', "token_type", STR("bearer"));
	return go(c, &url);
}

static int finish(struct auth_call *c, const struct auth_flow *f)
{
	struct str said = returned(c, "error"), login = f->user_id;
	struct auth_oauth_tokens tokens;
	struct auth_person person;
	struct auth_user *u;

	if (said.p)
		return auth_fault(c, 400, "bad_oauth_callback", "The provider says: " STR_FMT,
			STR_ARG(returned(c, "error_description").p
					? returned(c, "error_description")
					: said));
	if (ask_provider(c, f, &person, &tokens))
		return -1;
	if (login.p ? auth_external_link(c, f->provider, &person, login)
		    : auth_external_sign_in(c, f->provider, &person, &login))
		return -1;
	if (auth_user_by_id(c, login, &u))
		return -1;
	if (!u)
		return auth_fault(c, 403, "user_not_found", "User not found");
	return f->code_challenge.p ? go_with_code(c, f, u, &tokens)
				   : go_with_tokens(c, f, u, &tokens);
}

/* RFC 6749 4.1.2.1 has a name for each; what the clients look at is error_code. */
static struct str error_name(struct auth_call *c)
{
	struct str said = returned(c, "error");

	if (said.p)
		return said;
	return c->status >= 500                        ? STR("server_error")
		: c->status == 403 || c->status == 422 ? STR("access_denied")
						       : STR("invalid_request");
}

static void add_error(struct auth_call *c, struct buf *url, char separator)
{
	add_field(c, url, separator, "error", error_name(c));
	add_field(c, url, '&', "error_code", str_of(c->code));
	add_field(c, url, '&', "error_description", c->words);
}

/* In the query too when a server is to read it: it never sees a fragment. */
static int go_with_fault(struct auth_call *c, const struct auth_flow *f)
{
	struct str to = f->redirect_to.p ? f->redirect_to : auth_redirect_allowed(c, STR_NULL);
	struct buf url;

	begin_url(&url, &to);
	if (f->code_challenge.p)
		add_error(c, &url, str_find_char(buf_view(&url), '?') < 0 ? '?' : '&');
	add_error(c, &url, '#');
	return go(c, &url);
}

int auth_callback(struct auth_call *c)
{
	struct auth_flow f = {0};

	if (!auth_limit(c, "callback", STR_NULL) && !take_flow(c, &f) && !finish(c, &f))
		return 0;
	log_info("auth.callback", LOG_CSTR("code", c->code), LOG_STR("message", c->words));
	return go_with_fault(c, &f);
}

/* The way to a provider and back: GET /authorize, GET /user/identities/authorize, GET and POST /callback. */
#include "app/module.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/log.h"
#include "db/batch.h"
#include "db/result.h"
#include "http/url.h"
#include "mod/auth/limit.h"
#include "mod/auth/more.h"
#include "mod/auth/oauth.h"
#include "mod/auth/onetime.h"
#include "mod/auth/openid.h"
#include "mod/auth/session.h"
#include "mod/auth/user.h"

#define RANDOM_LEN 32
#define CHALLENGE_MIN 43
#define CHALLENGE_MAX 128

struct flow {
	const struct auth_provider *provider;
	struct str state, verifier, nonce, redirect_to, code_challenge, code_challenge_method;
	struct str user_id; /* of who links; absent: signs in */
};

static struct str random_text(struct arena *a)
{
	unsigned char bytes[RANDOM_LEN];

	crypto_random(bytes, sizeof bytes);
	return enc_base64url(a, str_from(bytes, sizeof bytes));
}

static struct str hash_of(struct arena *a, struct str text)
{
	char *hash = arena_alloc(a, CRYPTO_SHA256_LEN);

	crypto_sha256(text, (unsigned char *)hash);
	return str_from(hash, CRYPTO_SHA256_LEN);
}

static struct str callback_url(struct auth_call *c)
{
	return STR_JOIN(c->arena, auth_more_public_url(c), STR("/auth/v1/callback"));
}

static int read_challenge(struct auth_call *c, struct flow *f)
{
	f->code_challenge = auth_query(c, "code_challenge");
	f->code_challenge_method = str_lower(c->arena, auth_query(c, "code_challenge_method"));
	if (!f->code_challenge.len) {
		f->code_challenge = f->code_challenge_method = STR_NULL;
		return 0;
	}
	if (!f->code_challenge_method.len)
		f->code_challenge_method = STR("plain");
	if (f->code_challenge.len < CHALLENGE_MIN || f->code_challenge.len > CHALLENGE_MAX ||
		(!str_eq(f->code_challenge_method, STR("s256")) &&
			!str_eq(f->code_challenge_method, STR("plain"))))
		return auth_fault(c, 400, "validation_failed",
			"code_challenge must have 43 to 128 characters, code_challenge_method is s256 or plain");
	return 0;
}

static int start_flow(struct auth_call *c, struct flow *f)
{
	struct batch *b = auth_more_batch(c);

	f->state = random_text(c->arena);
	f->verifier = random_text(c->arena);
	f->nonce = random_text(c->arena);
	f->redirect_to = auth_redirect_allowed(c, auth_query(c, "redirect_to"));
	batch_add(b, "select auth.start_flow($1, $2, $3, $4, $5, $6, $7, $8)", 8,
		(struct db_param[]){db_bytes(hash_of(c->arena, f->state)),
			db_str(f->provider->name), db_str(f->verifier), db_str(f->nonce),
			db_str(f->redirect_to), db_str(f->code_challenge),
			db_str(f->code_challenge_method), db_str(f->user_id)});
	return auth_more_run(c, b);
}

/* What a client may say to the provider through us. */
static void add_wishes(struct auth_call *c, struct buf *url)
{
	static const char *const names[] = {"access_type", "prompt", "login_hint", "hd",
		"domain_hint", "max_age", "ui_locales", "include_granted_scopes"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct str value = auth_query(c, names[i]);
		if (value.p)
			http_url_add_query(url, str_of(names[i]), value);
	}
}

static struct str scopes_of(struct auth_call *c, const struct flow *f)
{
	struct str more = auth_query(c, "scopes");

	return more.len ? STR_JOIN(c->arena, f->provider->scopes, STR(" "), more)
			: f->provider->scopes;
}

static struct str provider_url(struct auth_call *c, const struct flow *f, struct str authorize_url)
{
	struct str challenge = enc_base64url(c->arena, hash_of(c->arena, f->verifier));
	struct buf url;

	buf_init(&url, 0);
	buf_str(&url, authorize_url);
	http_url_add_query(&url, STR("client_id"), f->provider->client_id);
	http_url_add_query(&url, STR("redirect_uri"), callback_url(c));
	http_url_add_query(&url, STR("response_type"), STR("code"));
	http_url_add_query(&url, STR("scope"), scopes_of(c, f));
	http_url_add_query(&url, STR("state"), f->state);
	http_url_add_query(&url, STR("code_challenge"), challenge);
	http_url_add_query(&url, STR("code_challenge_method"), STR("S256"));
	if (f->provider->kind == AUTH_PROVIDER_OPENID)
		http_url_add_query(&url, STR("nonce"), f->nonce);
	add_wishes(c, &url);
	struct str text = str_copy(c->arena, buf_view(&url));
	buf_done(&url);
	return text;
}

static int reply_url(struct auth_call *c, struct str url)
{
	struct buf b;

	if (!str_eq(auth_query(c, "skip_http_redirect"), STR("true")))
		return auth_reply_redirect(c, url);
	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "url"), jsonw_str(&w, url);
	jsonw_obj_end(&w);
	int code = auth_reply(c, 200, &b);
	buf_done(&b);
	return code;
}

static int authorize(struct auth_call *c, struct str login)
{
	struct flow f = {.user_id = login};
	struct openid_self self = {0};

	if (auth_limit(c, "authorize", STR_NULL) ||
		auth_oauth_provider(c, auth_query(c, "provider"), &f.provider) ||
		read_challenge(c, &f))
		return -1;
	if (f.provider->kind == AUTH_PROVIDER_OPENID && openid_self(c, f.provider, &self))
		return -1;
	if (start_flow(c, &f))
		return -1;
	return reply_url(c,
		provider_url(c, &f,
			self.authorize_url.p ? self.authorize_url : f.provider->authorize_url));
}

int auth_flow_authorize(struct auth_call *c)
{
	return authorize(c, STR_NULL);
}

int auth_flow_link(struct auth_call *c)
{
	return authorize(c, c->user_id);
}

/* Providers come back with a query, or with a form (response_mode form_post). */
static struct str returned(struct auth_call *c, const char *name)
{
	struct str text = auth_query(c, name);

	if (!text.p)
		json_to_str(json_get(c->body, name), &text);
	return text;
}

static int take_flow(struct auth_call *c, struct flow *f)
{
	struct batch *b = auth_more_batch(c);
	struct str state = returned(c, "state");

	if (!state.len)
		return auth_fault(c, 400, "bad_oauth_callback", "OAuth state parameter missing");
	batch_add(b,
		"select provider, verifier, nonce, redirect_to, code_challenge, code_challenge_method, user_id from auth.take_flow($1)",
		1, (struct db_param[]){db_bytes(hash_of(c->arena, state))});
	if (auth_more_run(c, b))
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

static int ask_provider(struct auth_call *c, const struct flow *f, struct auth_person *ret_person)
{
	struct auth_oauth_code code = {.code = returned(c, "code"),
		.verifier = f->verifier,
		.redirect_uri = callback_url(c),
		.token_url = f->provider->token_url};
	struct auth_oauth_tokens tokens;
	struct openid_self self;

	if (!code.code.len)
		return auth_fault(c, 400, "bad_oauth_callback", "OAuth code parameter missing");
	if (f->provider->kind == AUTH_PROVIDER_GITHUB)
		return auth_oauth_exchange(c, f->provider, &code, &tokens) ||
				auth_github_person(c, f->provider, tokens.access, ret_person)
			? -1
			: 0;
	if (openid_self(c, f->provider, &self))
		return -1;
	code.token_url = self.token_url;
	code.basic = self.basic;
	if (auth_oauth_exchange(c, f->provider, &code, &tokens) ||
		openid_person(c, f->provider, tokens.id, f->nonce, ret_person))
		return -1;
	return openid_ask_email(c, f->provider, tokens.access, ret_person);
}

static int finish(struct auth_call *c, const struct flow *f)
{
	struct str said = returned(c, "error"), login = f->user_id;
	struct auth_person person;
	struct auth_user *u;

	if (said.p)
		return auth_fault(c, 400, "bad_oauth_callback", "The provider says: " STR_FMT,
			STR_ARG(returned(c, "error_description").p
					? returned(c, "error_description")
					: said));
	if (ask_provider(c, f, &person))
		return -1;
	if (login.p ? auth_external_link(c, f->provider, &person, login)
		    : auth_external_sign_in(c, f->provider, &person, &login))
		return -1;
	if (auth_user_by_id(c, login, &u))
		return -1;
	if (!u)
		return auth_fault(c, 403, "user_not_found", "User not found");
	return auth_session_redirect(c, u, "oauth", f->redirect_to, f->code_challenge,
		f->code_challenge_method);
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
	buf_char(url, separator);
	buf_cstr(url, "error="), buf_str(url, enc_percent(c->arena, error_name(c)));
	buf_cstr(url, "&error_code="), buf_cstr(url, c->code);
	buf_cstr(url, "&error_description="), buf_str(url, enc_percent(c->arena, c->words));
}

/* In the query too when a server is to read it: it never sees a fragment. */
static int redirect_fault(struct auth_call *c, const struct flow *f)
{
	struct str to = f->redirect_to.p ? f->redirect_to : auth_redirect_allowed(c, STR_NULL);
	ptrdiff_t fragment = str_find_char(to, '#');
	struct buf url;

	buf_init(&url, 0);
	buf_str(&url, fragment < 0 ? to : str_sub(to, 0, (size_t)fragment));
	if (f->code_challenge.p)
		add_error(c, &url, str_find_char(buf_view(&url), '?') < 0 ? '?' : '&');
	add_error(c, &url, '#');
	int code = auth_reply_redirect(c, str_copy(c->arena, buf_view(&url)));
	buf_done(&url);
	return code;
}

int auth_flow_callback(struct auth_call *c)
{
	struct flow f = {0};

	if (!auth_limit(c, "callback", STR_NULL) && !take_flow(c, &f) && !finish(c, &f))
		return 0;
	log_info("auth.callback", LOG_CSTR("code", c->code), LOG_STR("message", c->words));
	return redirect_fault(c, &f);
}

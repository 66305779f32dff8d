/* The way to a provider: GET /authorize, GET /user/identities/authorize. */
#include "mod/auth/flow.h"

#include "app/module.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "base/jsonw.h"
#include "db/batch.h"
#include "http/url.h"
#include "mod/auth/auth_local.h"
#include "mod/auth/limit.h"
#include "mod/auth/more.h"
#include "mod/auth/oauth.h"
#include "mod/auth/onetime.h"
#include "mod/auth/openid.h"
#include "mod/auth/session_flow.h"

#define RANDOM_LEN 32

static struct str random_text(struct arena *a)
{
	unsigned char bytes[RANDOM_LEN];

	crypto_random(bytes, sizeof bytes);
	return enc_base64url(a, str_from(bytes, sizeof bytes));
}

struct str auth_flow_callback_url(struct auth_call *c)
{
	return STR_JOIN(c->arena, c->auth->site->public_url, STR("/auth/v1/callback"));
}

static int start_flow(struct auth_call *c, struct auth_flow *f)
{
	struct batch *b = auth_call_batch(c);

	f->state = random_text(c->arena);
	f->verifier = random_text(c->arena);
	f->nonce = random_text(c->arena);
	f->redirect_to = auth_redirect_allowed(c, auth_query(c, "redirect_to"));
	batch_add(b, "select auth.start_flow($1, $2, $3, $4, $5, $6, $7, $8)", 8,
		(struct db_param[]){db_bytes(auth_sha256(c->arena, f->state)),
			db_str(f->provider->name), db_str(f->verifier), db_str(f->nonce),
			db_str(f->redirect_to), db_str(f->code_challenge),
			db_str(f->code_challenge_method), db_str(f->user_id)});
	return auth_call_run(c, b);
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

static struct str scopes_of(struct auth_call *c, const struct auth_flow *f)
{
	struct str more = auth_query(c, "scopes");

	return more.len ? STR_JOIN(c->arena, f->provider->scopes, STR(" "), more)
			: f->provider->scopes;
}

static struct str provider_url(struct auth_call *c, const struct auth_flow *f,
	struct str authorize_url)
{
	struct str challenge = enc_base64url(c->arena, auth_sha256(c->arena, f->verifier));
	struct buf url;

	buf_init(&url, 0);
	buf_str(&url, authorize_url);
	http_url_add_query(&url, STR("client_id"), f->provider->client_id);
	http_url_add_query(&url, STR("redirect_uri"), auth_flow_callback_url(c));
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
	struct auth_flow f = {.user_id = login};
	struct openid_self self = {0};

	if (auth_limit(c, "authorize", STR_NULL) ||
		auth_oauth_provider(c, auth_query(c, "provider"), &f.provider) ||
		session_flow_check(c, auth_query(c, "code_challenge"),
			auth_query(c, "code_challenge_method"), &f.code_challenge,
			&f.code_challenge_method))
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

#include "mod/auth/onetime.h"

#include "app/settings.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/jsonw.h"
#include "db/batch.h"
#include "http/url.h"
#include "mod/auth/auth_local.h"
#include "mod/auth/limit.h"
#include "mod/auth/onetime_local.h"
#include "mod/auth/redirect.h"

static const struct kind {
	const char *token_type, *template, *link_type;
} kinds[] = {
	[AUTH_CONFIRMATION] = {"confirmation_token", "confirmation", "signup"},
	[AUTH_RECOVERY] = {"recovery_token", "recovery", "recovery"},
	[AUTH_MAGICLINK] = {"magiclink_token", "magiclink", "magiclink"},
	[AUTH_INVITE] = {"invite_token", "invite", "invite"},
	[AUTH_EMAIL_CHANGE] = {"email_change_token_new", "email_change", "email_change"},
	[AUTH_EMAIL_CURRENT] = {"email_change_token_current", "email_change_current",
		"email_change"},
	[AUTH_REAUTHENTICATION] = {"reauthentication_token", "reauthentication", NULL},
};

const char *onetime_token_type(enum auth_onetime_kind kind)
{
	return kinds[kind].token_type;
}

const char *onetime_template(enum auth_onetime_kind kind)
{
	return kinds[kind].template;
}

/* Six digits, each as likely. */
static struct str random_code(struct arena *a)
{
	uint32_t n;

	do {
		crypto_random(&n, sizeof n);
	} while (n >= UINT32_C(4294000000)); /* the largest multiple of a million */
	return str_printf(a, "%06u", (unsigned)(n % 1000000));
}

struct str onetime_hash(struct arena *a, const struct auth_site *site, struct str address,
	struct str code)
{
	return auth_site_mac(site, a, "code", STR_JOIN(a, str_lower(a, address), STR("\n"), code));
}

static struct str link_of(struct arena *a, const struct auth_site *site, const char *type,
	struct str hash, struct str redirect_to)
{
	struct buf b;

	buf_init(&b, 0);
	buf_str(&b, site->public_url);
	buf_cstr(&b, "/auth/v1/verify");
	http_url_add_query(&b, STR("token"), hash);
	http_url_add_query(&b, STR("type"), str_of(type));
	http_url_add_query(&b, STR("redirect_to"), redirect_to);
	struct str link = str_copy(a, buf_view(&b));
	buf_done(&b);
	return link;
}

struct auth_onetime onetime_new(struct arena *a, const struct auth_site *site,
	enum auth_onetime_kind kind, struct str address, struct str redirect_to)
{
	struct auth_onetime made = {.code = random_code(a), .link = STR("")};

	made.hash = onetime_hash(a, site, address, made.code);
	if (kinds[kind].link_type)
		made.link = link_of(a, site, kinds[kind].link_type, made.hash, redirect_to);
	return made;
}

struct str onetime_mail_data(struct arena *a, const struct auth_site *site,
	const struct auth_onetime *made, const struct onetime_mail *m)
{
	struct buf b;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "Token"), jsonw_str(&w, made->code);
	if (made->link.len)
		jsonw_key(&w, "ConfirmationURL"), jsonw_str(&w, made->link);
	jsonw_key(&w, "TokenHash"), jsonw_str(&w, made->hash);
	jsonw_key(&w, "Email"), jsonw_str(&w, m->email.p ? m->email : m->address);
	if (m->new_email.len)
		jsonw_key(&w, "NewEmail"), jsonw_str(&w, m->new_email);
	jsonw_key(&w, "SiteURL"), jsonw_str(&w, site->site_url);
	jsonw_key(&w, "RedirectTo"), jsonw_str(&w, m->redirect_to);
	if (m->data.p)
		jsonw_key(&w, "Data"), jsonw_raw(&w, m->data);
	jsonw_end(&w);
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text;
}

int auth_onetime_send(struct auth_call *c, const struct auth_onetime_ask *ask,
	struct auth_onetime *ret_made)
{
	const struct auth_site *site = c->auth->site;
	struct str redirect = auth_redirect_allowed(c, ask->redirect_to);
	struct batch *b;

	if (!ret_made && !ask->is_counted && auth_limit_mail(c, ask->address))
		return -1;
	struct auth_onetime made = onetime_new(c->arena, site, ask->kind, ask->address, redirect);
	struct onetime_mail mail = {.address = ask->address,
		.redirect_to = redirect,
		.email = ask->email,
		.new_email = ask->new_email,
		.data = ask->data};
	b = auth_call_batch(c);
	struct db_param params[] = {db_str(ask->user_id), db_text(onetime_token_type(ask->kind)),
		db_bytes(auth_sha256(c->arena, made.hash)), db_str(ask->address), db_str(redirect),
		db_str(ask->code_challenge), db_str(ask->code_challenge_method),
		db_text(ret_made ? NULL : onetime_template(ask->kind)),
		db_str(ret_made ? STR_NULL : onetime_mail_data(c->arena, site, &made, &mail))};
	batch_add(b, "select auth.make_token($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9, params);
	if (auth_call_run(c, b))
		return -1;
	if (ret_made)
		*ret_made = made;
	return 0;
}

struct str auth_redirect_allowed(struct auth_call *c, struct str redirect_to)
{
	const struct auth_site *site = c->auth->site;

	if (redirect_to.len &&
		redirect_may(redirect_to, site->site_url, str_of(setting(SET_AUTH_REDIRECT_URLS))))
		return redirect_to;
	return site->site_url;
}

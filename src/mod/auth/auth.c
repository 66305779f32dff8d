/* auth: accounts, in the dialect of Supabase Auth at /auth/v1 (docs/auth.md): sign-up, sign-in, sessions, links by mail. This file is the
 * module; call.h is the frame of every endpoint, and more.c has second factors, other providers and admin. */
#include "mod/auth/auth.h"

#include "app/cors.h"
#include "app/job.h"
#include "app/module.h"
#include "app/service.h"
#include "base/arena.h"
#include "mod/auth/auth_local.h"
#include "mod/auth/jobs.h"
#include "mod/auth/strength.h"

static struct auth *here; /* one service a process */

struct auth *auth_get(void)
{
	return here;
}

static int start(struct service *s, struct err *e)
{
	if (!service_db(s) || !service_keyring(s))
		return 0;
	struct arena *a = arena_new();
	struct auth *auth = ARENA_NEW(a, struct auth);
	auth->arena = a;
	auth->keys = service_token_keys(s);
	auth->site = auth_site_new(a, service_keyring(s), e);
	if (!auth->site || strength_open(&auth->leaked, e)) {
		arena_free(a);
		return e->code;
	}
	auth->issuer = STR_JOIN(a, auth->site->public_url, STR("/auth/v1"));
	here = auth;
	return 0;
}

static void stop(struct service *s)
{
	(void)s;
	if (!here)
		return;
	strength_close(here->leaked);
	struct arena *a = here->arena;
	here = NULL;
	arena_free(a);
}

#define ROUTE(name, who, fn)                 \
	static void name(struct req *r)      \
	{                                    \
		auth_call_start(r, who, fn); \
	}

ROUTE(post_signup, AUTH_ANYBODY, auth_signup)
ROUTE(post_token, AUTH_ANYBODY, auth_token)
ROUTE(get_user, AUTH_LOGIN, auth_account_get)
ROUTE(put_user, AUTH_LOGIN, auth_account_put)
ROUTE(post_logout, AUTH_LOGIN, auth_account_logout)
ROUTE(get_reauthenticate, AUTH_LOGIN, auth_account_reauthenticate)
ROUTE(post_recover, AUTH_ANYBODY, auth_recover)
ROUTE(post_resend, AUTH_ANYBODY, auth_recover_resend)
ROUTE(post_otp, AUTH_ANYBODY, auth_recover_otp)
ROUTE(get_verify, AUTH_ANYBODY, auth_verify_get)
ROUTE(post_verify, AUTH_ANYBODY, auth_verify_post)
ROUTE(get_settings, AUTH_ANYBODY, auth_about_settings)
ROUTE(get_health, AUTH_ANYBODY, auth_about_health)
ROUTE(get_jwks, AUTH_ANYBODY, auth_about_jwks)

static const struct route routes[] = {
	{"POST", "/auth/v1/signup", post_signup},
	{"POST", "/auth/v1/token", post_token},
	{"GET", "/auth/v1/user", get_user},
	{"PUT", "/auth/v1/user", put_user},
	{"POST", "/auth/v1/logout", post_logout},
	{"GET", "/auth/v1/reauthenticate", get_reauthenticate},
	{"POST", "/auth/v1/reauthenticate", get_reauthenticate},
	{"POST", "/auth/v1/recover", post_recover},
	{"POST", "/auth/v1/resend", post_resend},
	{"POST", "/auth/v1/otp", post_otp},
	{"POST", "/auth/v1/magiclink", post_otp},
	{"GET", "/auth/v1/verify", get_verify},
	{"POST", "/auth/v1/verify", post_verify},
	{"GET", "/auth/v1/settings", get_settings},
	{"GET", "/auth/v1/health", get_health},
	{"GET", "/auth/v1/.well-known/jwks.json", get_jwks},
	{"GET", "/.well-known/jwks.json", get_jwks},
	{"OPTIONS", "/auth/v1/*", cors_preflight},
	{"OPTIONS", "/.well-known/jwks.json", cors_preflight},
	{0},
};

const struct module auth_module = {
	.name = "auth",
	.routes = routes,
	.start = start,
	.stop = stop,
	.jobs = auth_jobs,
};

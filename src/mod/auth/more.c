#include "mod/auth/more.h"

#include "app/module.h"
#include "app/settings.h"
#include "base/arena.h"
#include "base/uuid.h"
#include "db/batch.h"
#include "db/sqlstate.h"
#include "mod/auth/oauth.h"

struct batch *auth_more_batch(struct auth_call *c)
{
	struct batch *b = batch_new(c->arena);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	return b;
}

int auth_more_run(struct auth_call *c, struct batch *b)
{
	struct err e = {.arena = c->arena};

	if (!db_run(c->db, b, &e))
		return 0;
	const struct db_error *why = batch_db_error(b);
	int status = why ? sqlstate_status(why->sqlstate) : 0;
	if (status && why->detail[0])
		return auth_fault(c, status, why->detail, "%s", why->message);
	return auth_fail_batch(c, b, "validation_failed");
}

int auth_more_id(struct auth_call *c, int i, const char *code, struct str *ret_id)
{
	*ret_id = c->req->params[i];
	if (!uuid_is_valid(*ret_id))
		return auth_fault(c, 404, code, "'" STR_FMT "' is no id", STR_ARG(*ret_id));
	return 0;
}

struct str auth_more_public_url(struct auth_call *c)
{
	const char *set = setting(SET_PUBLIC_URL);
	struct str url =
		set ? str_of(set) : STR_JOIN(c->arena, STR("http://"), str_of(setting(SET_LISTEN)));

	while (str_ends(url, STR("/")))
		url.len--;
	return url;
}

#define ROUTE(name, who, fn)                 \
	static void name(struct req *r)      \
	{                                    \
		auth_call_start(r, who, fn); \
	}

ROUTE(post_factor, AUTH_LOGIN, auth_factor_enroll)
ROUTE(post_challenge, AUTH_LOGIN, auth_factor_challenge)
ROUTE(post_verify, AUTH_LOGIN, auth_factor_verify)
ROUTE(delete_factor, AUTH_LOGIN, auth_factor_unenroll)
ROUTE(get_authorize, AUTH_ANYBODY, auth_flow_authorize)
ROUTE(any_callback, AUTH_ANYBODY, auth_flow_callback)
ROUTE(get_link, AUTH_LOGIN, auth_flow_link)
ROUTE(delete_identity, AUTH_LOGIN, auth_external_unlink)

static const struct route routes[] = {
	{"POST", "/auth/v1/factors", post_factor},
	{"POST", "/auth/v1/factors/:id/challenge", post_challenge},
	{"POST", "/auth/v1/factors/:id/verify", post_verify},
	{"DELETE", "/auth/v1/factors/:id", delete_factor},
	{"GET", "/auth/v1/authorize", get_authorize},
	{"GET", "/auth/v1/callback", any_callback},
	{"POST", "/auth/v1/callback", any_callback},
	{"GET", "/auth/v1/user/identities/authorize", get_link},
	{"DELETE", "/auth/v1/user/identities/:id", delete_identity},
	{0},
};

static int start(struct service *s, struct err *e)
{
	return auth_oauth_open(s, e);
}

static void stop(struct service *s)
{
	(void)s;
	auth_oauth_close();
}

const struct module auth_more_module = {
	.name = "auth_more",
	.routes = routes,
	.start = start,
	.stop = stop,
};

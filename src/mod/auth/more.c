#include "mod/auth/more.h"

#include "app/module.h"
#include "base/uuid.h"
#include "mod/auth/oauth.h"

int auth_more_id(struct auth_call *c, int i, const char *code, struct str *ret_id)
{
	*ret_id = c->req->params[i];
	if (!uuid_is_valid(*ret_id))
		return auth_fault(c, 404, code, "'" STR_FMT "' is no id", STR_ARG(*ret_id));
	return 0;
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
ROUTE(any_callback, AUTH_ANYBODY, auth_callback)
ROUTE(get_link, AUTH_LOGIN, auth_flow_link)
ROUTE(delete_identity, AUTH_LOGIN, auth_external_unlink)
ROUTE(post_invite, AUTH_ADMIN, auth_link_invite)
ROUTE(post_link, AUTH_ADMIN, auth_link_generate)
ROUTE(get_users, AUTH_ADMIN, auth_admin_list)
ROUTE(post_user, AUTH_ADMIN, auth_admin_create)
ROUTE(get_user, AUTH_ADMIN, auth_admin_get)
ROUTE(put_user, AUTH_ADMIN, auth_admin_change)
ROUTE(delete_user, AUTH_ADMIN, auth_admin_delete)
ROUTE(get_user_factors, AUTH_ADMIN, auth_admin_factors)
ROUTE(put_user_factor, AUTH_ADMIN, auth_admin_factor_put)
ROUTE(delete_user_factor, AUTH_ADMIN, auth_admin_factor_delete)
ROUTE(post_invitation, AUTH_LOGIN, auth_invitation_post)
ROUTE(get_invitations, AUTH_LOGIN, auth_invitation_list)
ROUTE(delete_invitation, AUTH_LOGIN, auth_invitation_delete)

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
	{"POST", "/auth/v1/invite", post_invite},
	{"POST", "/auth/v1/admin/generate_link", post_link},
	{"GET", "/auth/v1/admin/users", get_users},
	{"POST", "/auth/v1/admin/users", post_user},
	{"GET", "/auth/v1/admin/users/:id", get_user},
	{"PUT", "/auth/v1/admin/users/:id", put_user},
	{"DELETE", "/auth/v1/admin/users/:id", delete_user},
	{"GET", "/auth/v1/admin/users/:id/factors", get_user_factors},
	{"PUT", "/auth/v1/admin/users/:id/factors/:factor", put_user_factor},
	{"DELETE", "/auth/v1/admin/users/:id/factors/:factor", delete_user_factor},
	{"POST", "/auth/v1/invitations", post_invitation},
	{"GET", "/auth/v1/invitations", get_invitations},
	{"DELETE", "/auth/v1/invitations/:id", delete_invitation},
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

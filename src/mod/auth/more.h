/* more: what /auth/v1 does beyond passwords and mails: second factors, other providers, admin, invitations.
 *
 * `auth_more_module` (src/cmd/modules.c) has the routes; the core calls what stands here.
 *
 * Owner    the arena of the call. Failure -1 after auth_fault() or auth_fail(). Threads (waits).
 */
#pragma once
#include "mod/auth/call.h"

struct auth_user;
struct json;

/* POST /token?grant_type=id_token: a token that a provider gave to the client itself. */
auth_handler auth_token_id_token;

/* Before a password or an address is changed: whoever has a second factor has to have used it in this session. */
int auth_factor_check_aal(struct auth_call *c, const struct auth_user *u);

/* The providers' names for /settings: "external":{"google":true,…}. Writes members into an object. */
struct jsonw;
void auth_provider_write_names(struct auth_call *c, struct jsonw *w);

/* Parameter i of the path, which is a uuid: -1 with 404 and this code otherwise. */
int auth_more_id(struct auth_call *c, int i, const char *code, struct str *ret_id);

/* The handlers, one file each. */
auth_handler auth_factor_enroll, auth_factor_challenge, auth_factor_verify,
	auth_factor_unenroll;                     /* factor.c */
auth_handler auth_flow_authorize, auth_flow_link; /* flow.c */
auth_handler auth_callback;                       /* callback.c */
auth_handler auth_external_unlink;                /* external.c */
auth_handler auth_admin_list, auth_admin_create, auth_admin_get, auth_admin_change,
	auth_admin_delete; /* admin_list.c, admin.c */
auth_handler auth_admin_factors, auth_admin_factor_put,
	auth_admin_factor_delete;                  /* admin_factor.c */
auth_handler auth_link_invite, auth_link_generate; /* link.c */
auth_handler auth_invitation_post, auth_invitation_list, auth_invitation_delete; /* invitation.c */

/* Lower case and without spaces around; 400 "validation_failed" for what is no address. */
int auth_admin_email(struct auth_call *c, struct str *email);
/* The hash of the body's password; absent without one. */
int auth_admin_password(struct auth_call *c, struct str *ret_hash);

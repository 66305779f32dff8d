/* more: what /auth/v1 does beyond passwords and mails: second factors, other providers, admin, invitations.
 *
 * `auth_more_module` (src/cmd/modules.c) has the routes; the core calls what stands here.
 *
 * Owner    the arena of the call. Failure -1 after auth_fault() or auth_fail(). Threads (waits).
 */
#pragma once
#include "mod/auth/call.h"

struct auth_user;
struct batch;
struct json;

/* POST /token?grant_type=id_token: a token that a provider gave to the client itself. */
auth_handler auth_token_id_token;

/* Before a password or an address is changed: whoever has a second factor has to have used it in this session. */
int auth_factor_check_aal(struct auth_call *c, const struct auth_user *u);

/* The providers' names for /settings: "external":{"google":true,…}. Writes members into an object. */
struct jsonw;
void auth_provider_write_names(struct auth_call *c, struct jsonw *w);

/* Runs a batch of statements as plat_worker. A PTnnn with a detail becomes that fault. */
struct batch *auth_more_batch(struct auth_call *c);
int auth_more_run(struct auth_call *c, struct batch *b);
/* Parameter i of the path, which is a uuid: -1 with 404 and this code otherwise. */
int auth_more_id(struct auth_call *c, int i, const char *code, struct str *ret_id);

/* PLAT_PUBLIC_URL without a slash at the end. */
struct str auth_more_public_url(struct auth_call *c);

/* The handlers, one file each. */
auth_handler auth_factor_enroll, auth_factor_challenge, auth_factor_verify,
	auth_factor_unenroll;                                         /* factor.c */
auth_handler auth_flow_authorize, auth_flow_link, auth_flow_callback; /* flow.c */
auth_handler auth_external_unlink;                                    /* external.c */

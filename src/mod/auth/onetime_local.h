/* onetime_local: making and reading codes without a call, for jobs and for verify. Private to mod/auth.
 *
 * Owner    the arena. Failure none. Threads pure.
 */
#pragma once
#include "db/db.h"
#include "mod/auth/onetime.h"

struct arena;
struct auth_site;

/* A fresh code for this address, with its hash and link; redirect_to as it may be. */
struct auth_onetime onetime_new(struct arena *a, const struct auth_site *site,
	enum auth_onetime_kind kind, struct str address, struct str redirect_to);

/* What the link has for this code. */
struct str onetime_hash(struct arena *a, const struct auth_site *site, struct str address,
	struct str code);

const char *onetime_token_type(enum auth_onetime_kind kind); /* auth.one_time_tokens */
const char *onetime_template(enum auth_onetime_kind kind);   /* of its mail */

/* What the template is filled with, as JSON. */
struct onetime_mail {
	struct str address, redirect_to;
	struct str email, new_email; /* of a change of address; else absent */
	struct str data;             /* JSON, or absent */
};
struct str onetime_mail_data(struct arena *a, const struct auth_site *site,
	const struct auth_onetime *made, const struct onetime_mail *m);

/* session_local: a row of auth.sessions on its way into an access token. Private to session*.c. */
#pragma once

#include "base/str.h"

struct auth_call;
struct auth_tokens;
struct auth_user;
struct result;

struct session_row {
	struct str id, user_id, aal, amr; /* amr as JSON */
};

/* Columns 0 to 3 of the first row. */
struct session_row session_row_of(const struct result *r, int first);

/* Signs. -1: there is nothing to sign with. */
int session_sign(struct auth_call *c, const struct auth_user *u, const struct session_row *s,
	struct str refresh, struct auth_tokens *ret_tokens);

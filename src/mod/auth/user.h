/* user: a row of auth.users with its identities and factors, as the clients read it.
 *
 * Owner    the arena of the call. Failure  -1 after auth_fail(). Threads (waits).
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct auth_call;
struct json;
struct jsonw;

struct auth_user {
	struct str id, aud, role, email, phone,
		password; /* password: the hash; "" or absent without one */
	struct str email_change;
	struct str email_confirmed_at, phone_confirmed_at, confirmed_at, invited_at,
		last_sign_in_at, created_at, updated_at, confirmation_sent_at, recovery_sent_at,
		email_change_sent_at, reauthentication_sent_at, banned_until,
		deleted_at;                     /* RFC 3339; absent: null */
	struct str app_metadata, user_metadata; /* JSON objects as texts */
	struct str identities,
		factors; /* JSON arrays as texts, made by PostgreSQL: small and rarely asked for */
	bool is_anonymous, is_banned, is_sso_user;
	bool has_verified_factor;
};

/* By id or by address (compared in lower case). *ret_user NULL: there is none. Deleted ones are not found. */
int auth_user_by_id(struct auth_call *c, struct str id, struct auth_user **ret_user);
int auth_user_by_email(struct auth_call *c, struct str email, struct auth_user **ret_user);

/* The newest first; total counts all of them. */
struct auth_user_list {
	struct auth_user **users;
	int n;
	int64_t total;
};
int auth_user_page(struct auth_call *c, int64_t limit, int64_t offset,
	struct auth_user_list *ret_page);

/* The object that clients call User. */
void auth_user_write(struct jsonw *w, const struct auth_user *u);

/* Answers 200 with the user as it is now. */
int auth_user_reply(struct auth_call *c, struct str id);

/* auth_local: what the module has in this process, and the handlers of its routes. Private to mod/auth.
 *
 * Owner    from the module's start to its stop. Threads one loop.
 */
#pragma once
#include <sys/types.h>

#include "base/crypto.h"
#include "base/str.h"
#include "mod/auth/call.h"

struct keyring;
struct token_keys;

/* What links are made with, also by jobs. */
struct auth_site {
	struct str public_url, site_url; /* without a slash at the end */
	unsigned char secret
		[CRYPTO_KEY_LEN]; /* of codes and of refresh tokens; from the oldest master key */
};

struct auth {
	struct arena *arena;
	struct token_keys *keys;
	struct auth_site *site;
	struct str issuer; /* public_url/auth/v1 */
	int leaked;        /* file of leaked passwords; -1: none */
};

/* The one of this process; NULL before the start. */
struct auth *auth_get(void);

/* In a, which wipes it. NULL with E_INPUT when keyring is NULL or empty. */
struct auth_site *auth_site_new(struct arena *a, const struct keyring *keyring,
	struct err *e) MUST_CHECK;

/* HMAC-SHA256 with the site's secret, as hexadecimal: use says what for. */
struct str auth_site_mac(const struct auth_site *site, struct arena *a, const char *use,
	struct str text);

/* SHA-256 as 32 bytes in a: how tokens are stored. */
struct str auth_sha256(struct arena *a, struct str text);

auth_handler auth_signup; /* signup.c */
auth_handler auth_token;  /* token.c */
auth_handler auth_account_get, auth_account_put, auth_account_logout,
	auth_account_reauthenticate;                                  /* account.c */
auth_handler auth_recover, auth_recover_resend, auth_recover_otp;     /* recover.c */
auth_handler auth_verify_get, auth_verify_post;                       /* verify.c */
auth_handler auth_about_settings, auth_about_health, auth_about_jwks; /* about.c */

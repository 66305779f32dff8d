/* openid: what a provider says of itself (OpenID Connect Discovery 1.0) and of people (id_token, Core 1.0 3.1.3.7).
 *
 * Discovery is kept for an hour, keys for ten minutes; a token by a key that is not known yet asks for the keys again, at most
 * every five seconds.
 *
 * Owner    the caches live from openid_open() to openid_close(); answers in the call's arena.
 * Failure  -1 after auth_fault(): 400 "bad_jwt" or "unexpected_audience" for a token, 502 for a provider.
 * Threads  one loop. (waits)
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct auth_call;
struct auth_person;
struct auth_provider;

void openid_open(size_t providers);
void openid_close(void);

struct openid_self {
	struct str issuer, authorize_url, token_url, userinfo_url,
		jwks_url; /* userinfo: may be absent */
	bool basic;       /* the client's secret goes into the Authorization header */
};

int openid_self(struct auth_call *c, const struct auth_provider *p, struct openid_self *ret_self);

/* Signature, issuer, audience, times and nonce (absent: none may be in the token). */
int openid_person(struct auth_call *c, const struct auth_provider *p, struct str id_token,
	struct str nonce, struct auth_person *ret_person);

/* An address that the token does not have, from the userinfo endpoint. */
int openid_ask_email(struct auth_call *c, const struct auth_provider *p, struct str access,
	struct auth_person *person);

/* oauth: sign-in by others, as this process knows them: the providers of the file, what they said of themselves, and the way to
 * ask them.
 *
 * Owner    auth_oauth_open() to auth_oauth_close(), one a process. Answers live in the call's arena.
 * Failure  -1 after auth_fault(); what a provider answered goes to the log, without codes and tokens.
 * Threads  one loop. Everything that asks a provider (waits).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "mod/auth/provider.h"

struct auth_call;
struct http_fetch;
struct json;
struct service;

int auth_oauth_open(struct service *s, struct err *e) MUST_CHECK;
void auth_oauth_close(void);

/* 400 "validation_failed" when there is no such provider. */
int auth_oauth_provider(struct auth_call *c, struct str name,
	const struct auth_provider **ret_provider);
size_t auth_oauth_index(const struct auth_provider *p); /* its place in the list */

/* Asks the provider for JSON: the object or array that came with 200; 502 "unexpected_failure" otherwise. */
int auth_oauth_fetch(struct auth_call *c, const struct auth_provider *p,
	const struct http_fetch *fetch, const struct json **ret_json);

/* The same with "Authorization: Bearer <token>". */
int auth_oauth_get(struct auth_call *c, const struct auth_provider *p, struct str url,
	struct str token, const struct json **ret_json);

/* What a provider answers to a code. */
struct auth_oauth_tokens {
	struct str access, id, refresh; /* the last two may be absent */
};

struct auth_oauth_code {
	struct str token_url, code, verifier, redirect_uri;
	bool basic; /* the secret in the Authorization header, not in the form */
};

/* 400 "bad_oauth_callback" when the provider refuses the code. */
int auth_oauth_exchange(struct auth_call *c, const struct auth_provider *p,
	const struct auth_oauth_code *code, struct auth_oauth_tokens *ret_tokens);

/* Who somebody is at a provider. */
struct auth_person {
	struct str subject, email; /* email absent: the provider does not say */
	bool email_verified;
	struct str data; /* JSON object: what identities keep */
};

int auth_github_person(struct auth_call *c, const struct auth_provider *p, struct str access,
	struct auth_person *ret_person);

/* The login of this person: the one that has the identity, the one with the address, or a new one (auth.sign_in_person()). */
int auth_external_sign_in(struct auth_call *c, const struct auth_provider *p,
	const struct auth_person *person, struct str *ret_user_id);
int auth_external_link(struct auth_call *c, const struct auth_provider *p,
	const struct auth_person *person, struct str user_id);

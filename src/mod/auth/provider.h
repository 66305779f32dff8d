/* provider: whom people may sign in with, as the file PLAT_AUTH_PROVIDERS says (docs/auth-providers.md).
 *
 * Owner    the arena it was read into; lives as long as the process.
 * Failure  E_INPUT with a sentence that names the provider and the member, never a secret.
 * Threads  pure once read.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct arena;

enum auth_provider_kind {
	AUTH_PROVIDER_OPENID, /* everything else follows from the issuer (discovery) */
	AUTH_PROVIDER_GITHUB, /* OAuth without OpenID: who it is says its API */
};

struct auth_provider {
	struct str name; /* as clients say it and identities keep it */
	enum auth_provider_kind kind;
	struct str issuer; /* OpenID; without a slash at the end unless it was written with one */
	struct str client_id, client_secret; /* secret absent: a public client */
	struct str scopes;
	struct str authorize_url, token_url, api_url; /* GitHub */
	struct str
		*audiences; /* whom an id_token may be for: client_id, then additional_client_ids */
	size_t n_audiences;
};

struct auth_providers {
	struct auth_provider *list;
	size_t n;
};

#define AUTH_PROVIDERS_MAX_BYTES (256 * 1024)

int auth_providers_parse(struct arena *a, struct str text, struct auth_providers *ret_providers,
	struct err *e) MUST_CHECK;

/* NULL when there is none of this name. */
const struct auth_provider *auth_provider_find(const struct auth_providers *p, struct str name);

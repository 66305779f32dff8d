/* token_keys: the keys that check tokens in this process, and the one that signs new ones.
 *
 * The secret of the settings always checks (the API keys are made with it) and signs while there is nothing else. Beside it the rows of
 * auth.signing_keys: whatever is not revoked checks, the current one signs. Changes are heard (NOTIFY), and looked for every ten
 * seconds in case one was missed.
 *
 * Owner    token_keys_new() to token_keys_free(); the service has one (service_token_keys()). Keys and sets are valid until the caller
 *          waits, or lets the loop go on.
 * Failure  what cannot be read is logged, and what was known before stays. A row that cannot be opened is left out.
 * Threads  one loop.
 */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct db;
struct jwk;
struct jwk_set;
struct keyring;
struct loop;
struct token_keys;

struct token_keys_options {
	struct loop *loop;
	struct db *db; /* NULL: the secret only */
	const struct keyring *keyring;
	const char *secret; /* NULL: none */
};

/* (waits, in a fiber: for the first reading) E_INPUT for a secret that is none. */
struct token_keys *token_keys_new(const struct token_keys_options *options,
	struct err *e) MUST_CHECK;
void token_keys_free(struct token_keys *k); /* NULL is fine */

const struct jwk_set *token_keys_set(const struct token_keys *k); /* never NULL; may be empty */
const struct jwk *token_keys_signer(
	const struct token_keys *k); /* NULL: nothing here can sign (the setting is a public key) */

/* fn(set, arg) whenever the set has changed, for whoever keeps what was checked with it. The set that was before is gone after it. */
void token_keys_watch(struct token_keys *k, void (*fn)(const struct jwk_set *set, void *arg),
	void *arg);

/* What the envelope of a key is sealed for (base/secret.h). */
struct secret_place;
struct secret_place token_keys_place(struct str kid);

/* storage_local: what the files of this module share. Private to src/mod/storage.
 *
 * Owner    the module: from start() to stop().
 */
#pragma once
#include <stdint.h>

#include "base/err.h"
#include "mod/storage/call.h"

struct arena;
struct jwk;
struct jwk_set;
struct service;
struct storage_engine;

struct storage {
	struct arena *arena;
	struct storage_engine *engine;
	const struct jwk_set *keys; /* of tokens */
	const struct jwk *signer;   /* of links; NULL: no private key */
	int64_t max_bytes;
};

/* NULL: this process has none. */
struct storage *storage_of(const struct service *s);

/* Fills c->caller. -1 after InvalidJWT. */
int storage_login(struct storage_call *c);

/* Signature and times of a token. -1 after InvalidJWT. */
int storage_token_verify(struct storage_call *c, struct str token, const struct json **ret_claims);

/* Endpoints, by file. */
storage_handler storage_bucket_create, storage_bucket_list, storage_bucket_get,
	storage_bucket_update, storage_bucket_delete, storage_bucket_empty;

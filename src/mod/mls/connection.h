/* connection: stores access to an MLS feed; the token only as an envelope (base/secret.h).
 *
 * Owner    strings are borrowed; ret_id lives in the arena.
 * Failure  E_ABSENT no such workspace; E_INPUT values that the table refuses.
 * Threads  (waits): in a fiber.
 */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct arena;
struct db;
struct keyring;

struct connection {
	struct str provider; /* bridge or reso */
	struct str dataset;
	struct str base_url; /* absent: the provider's own */
	struct str token;
};

/* Finds a workspace by slug, or the only one there is when slug is absent. */
int connection_find_workspace(struct db *db, struct arena *a, struct str slug, struct str *ret_id,
	struct err *e) MUST_CHECK;

/* Makes the workspace's connection for the provider, or changes it; a changed dataset or URL forgets the cursor. */
int connection_store(struct db *db, struct keyring *k, struct arena *a, struct str workspace_id,
	const struct connection *c, struct str *ret_id, struct err *e) MUST_CHECK;

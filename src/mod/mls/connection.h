/* connection: stores access to an MLS feed; the token only as an envelope (base/secret.h).
 *
 * A token goes only to the address it was given for: with another base_url, token_url or token_type it is forgotten, unless a new one comes
 * with it (sql/live/21 and 23).
 *
 * Owner    strings are borrowed; what is returned lives in the arena.
 * Failure  E_ABSENT no such workspace or connection; E_INPUT naming what cannot be used.
 * Threads  (waits): in a fiber.
 */
#pragma once
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct db;
struct json;
struct keyring;
struct session;

/* Absent members stay as they are, or get their default. */
struct connection {
	struct str provider; /* bridge or reso */
	struct str dataset;
	struct str base_url;
	struct str token; /* with OAuth the client's secret */
	struct str client_id, token_url,
		token_scope; /* a client_id says OAuth; an empty one: no more */
	struct str cadence;
	const struct json *settings; /* merged into those that are there; null takes one away */
};

/* Finds a workspace by slug, or the only one there is when slug is absent. */
int connection_find_workspace(struct db *db, struct arena *a, struct str slug, struct str *ret_id,
	struct err *e) MUST_CHECK;

/* Makes the workspace's connection for the provider, or changes it; a changed dataset or URL forgets cursor, metadata and test. */
int connection_store(struct db *db, const struct keyring *k, struct arena *a,
	struct str workspace_id, const struct connection *c, struct str *ret_id,
	struct err *e) MUST_CHECK;

/* Changes one that is there; the provider is what it is. */
int connection_change(struct db *db, const struct keyring *k, struct arena *a,
	struct str workspace_id, struct str id, const struct connection *c,
	struct err *e) MUST_CHECK;

/* By a person, or for one. s of plat_worker. Listings of one that is removed stay; *ret_listings says how many. */
int connection_pause(struct session *s, struct arena *a, struct str workspace_id, struct str id,
	struct err *e) MUST_CHECK;
int connection_resume(struct session *s, struct arena *a, struct str workspace_id, struct str id,
	struct err *e) MUST_CHECK;
int connection_remove(struct session *s, struct arena *a, struct str workspace_id, struct str id,
	int64_t *ret_listings, struct err *e) MUST_CHECK;

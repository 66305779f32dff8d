/* key: the keys of the search, as rows of mls.search_keys.
 *
 * The value is sealed with the master key, because scoped keys are signed with it; it is found by its hash, and those that may be the
 * parent of a scoped key by its first characters.
 *
 * Owner    the arena given; plain values in it are wiped with it.
 * Failure  E_INPUT with a sentence; else the database's. A value is never quoted.
 * Threads  (waits): in a fiber.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "mod/search/fields.h"

struct arena;
struct buf;
struct db;
struct keyring;
struct search_scoped_key;

/* What a key, or a login, may do. */
enum search_action {
	SEARCH_MAY_SEARCH = 1,
	SEARCH_MAY_GET = 2,
	SEARCH_MAY_EXPORT = 4,
	SEARCH_MAY_LOOK = 8,  /* at collections */
	SEARCH_MAY_KEYS = 16, /* make and revoke keys: logins alone */
};

struct search_api_key {
	int64_t id;
	struct str workspace_id;
	enum search_audience who;
	struct str description;
	struct str actions;     /* "documents:search,documents:get" */
	struct str collections; /* "listings" */
	int64_t expires_s;      /* 0: never */
	struct str created_by;  /* a login; may be absent */
	struct str value;       /* plain: of a new one */
};

/* "public" or "agents". */
bool search_key_audience(struct str name, enum search_audience *ret_who);

/* Draws the value and stores the key; sets id and value. */
int search_key_make(struct db *db, const struct keyring *k, struct arena *a,
	struct search_api_key *key, struct err *e) MUST_CHECK;

/* E_ABSENT: there is none that is not revoked. */
int search_key_revoke(struct db *db, struct arena *a, struct str workspace_id, int64_t id,
	struct err *e) MUST_CHECK;

/* What a key that is good now opens. */
struct search_key_found {
	struct str workspace_id;
	enum search_audience who;
	unsigned actions;  /* enum search_action */
	int64_t expires_s; /* 0: never */
};

/* *ret_is_there false: no such key, or it counts no more. Notes when it was used. */
int search_key_find(struct db *db, struct arena *a, struct str value, struct search_key_found *ret,
	bool *ret_is_there, struct err *e) MUST_CHECK;
/* The parent of a scoped key. */
int search_key_find_parent(struct db *db, const struct keyring *k, struct arena *a,
	const struct search_scoped_key *scoped, struct search_key_found *ret, bool *ret_is_there,
	struct err *e) MUST_CHECK;

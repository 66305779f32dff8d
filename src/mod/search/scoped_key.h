/* scoped_key: a search key that its owner narrowed without asking us, as Typesense's clients make them.
 *
 *     base64( base64(HMAC-SHA256(parent, params)) + first 4 characters of the parent + params )
 *
 * params is a JSON object: search parameters that nobody who has the scoped key can change, and expires_at.
 *
 * Owner    the arena given. Failure none: what is no scoped key is not one. Threads pure.
 * Source   Typesense, API keys, "generate scoped search key"; typesense-js 3, Keys.generateScopedSearchKey.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct arena;
struct json;

#define SCOPED_KEY_PREFIX 4
#define SCOPED_KEY_MAX 8192 /* bytes, as sent */

struct search_scoped_key {
	struct str digest; /* base64 */
	struct str prefix; /* of the parent */
	struct str params; /* as signed */
	const struct json *json;
	int64_t expires_s; /* 0: not by itself */
};

bool search_scoped_key_read(struct arena *a, struct str text, struct search_scoped_key *ret);

/* Was it signed with this parent? In a time that says nothing. */
bool search_scoped_key_is_of(struct arena *a, const struct search_scoped_key *k, struct str parent);

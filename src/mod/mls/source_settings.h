/* source_settings: reads mls_connections.settings: checked, with the provider's defaults, and with what the metadata shows.
 *
 * Owner    texts borrow from the JSON value or are constants.
 * Failure  E_INPUT with one sentence naming the setting and what it may be; an unknown one gets the nearest name.
 * Threads  pure.
 * Source   docs/connections.md, "Settings".
 */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "mod/mls/source.h"

struct arena;
struct json;

/* What is known of a feed from its metadata. */
struct source_known {
	bool has_metadata;
	bool has_bridge_time; /* Property.BridgeModificationTimestamp */
	enum source_media media;
};

/* settings: an object, or NULL for none. */
int source_settings_read(struct arena *a, struct str provider, const struct json *settings,
	const struct source_known *known, struct source_settings *ret, struct err *e) MUST_CHECK;

/* An address that a token may go to: https, or http to this machine itself; without user, query and fragment. what: "base_url". */
int source_settings_check_url(struct arena *a, const char *what, struct str url,
	struct err *e) MUST_CHECK;

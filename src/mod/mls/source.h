/* source: an MLS feed that we read, as a connection describes it: where it is, how we show who we are, what it can do.
 *
 * Everything that goes to a feed goes through source_get(): one request with the right token (an OAuth access token is fetched and
 * renewed there), after pace.h let it pass, logged without token.
 *
 * Owner    a source lives in the arena it was opened with; secrets are wiped with it.
 * Failure  E_ABSENT no such connection; E_CONFLICT paused, or held by the circuit breaker; E_LOGIN the token was refused; E_UPSTREAM.
 *          Sentences never hold a token, and no URL's query.
 * Threads  one loop; (waits) in a fiber.
 * Source   facts: docs/connections.md. OAuth 2.0 client credentials: RFC 6749, 4.4.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct db;
struct http_call;
struct http_client;
struct http_result;
struct keyring;
struct pace;
struct session;
struct source_oauth;

enum source_answer { /* settings that may be left to what the feed shows */
	SOURCE_AUTO,
	SOURCE_YES,
	SOURCE_NO,
};

enum source_media {
	SOURCE_MEDIA_AUTO,
	SOURCE_MEDIA_EMBEDDED, /* an array in each row, unasked for: Bridge */
	SOURCE_MEDIA_EXPAND,   /* the same with $expand=Media */
	SOURCE_MEDIA_RESOURCE, /* rows of their own: Media?$filter=ResourceRecordKey in (...) */
	SOURCE_MEDIA_NONE,
};

/* mls_connections.settings, with defaults by provider and, where auto, by the metadata that was fetched. */
struct source_settings {
	struct str feed; /* path segment after the dataset ("idx"); absent: none */
	struct str
		cursor_field; /* never absent: "BridgeModificationTimestamp" or "ModificationTimestamp" */
	enum source_answer replication;      /* Property/replication may be used */
	enum source_answer timestamp_filter; /* ... with a filter on the cursor field */
	enum source_answer tolower, in; /* what $filter may use; import tasks are written with it */
	enum source_media media;
	int page_size; /* 0: the most that the source gives: 2,000 replication, 200 otherwise */
	int overlap_minutes; /* how far increments look back */
	int url_max;         /* bytes of a request's URL */
	int purge_percent; /* a sweep that would remove more of the active listings is not believed */
	unsigned
		next_links; /* where to look for the next link; 0: everywhere. Bits of enum source_link */
	int requests_per_minute, requests_per_hour,
		requests_per_day; /* 0: not limited by us; of them nine tenths are used */
};

enum source_link {
	SOURCE_LINK_NEXT = 1, /* header "next" */
	SOURCE_LINK_LINK = 2, /* header "Link", rel="next" */
	SOURCE_LINK_BODY = 4, /* "@odata.nextLink" */
};

struct source {
	struct arena *arena;
	struct str workspace_id, connection_id, provider, dataset;
	struct str
		root; /* "https://host/api/v2/OData/miamire/idx": resources follow after a slash */
	struct source_settings settings;
	struct str cursor_text; /* mls_connections.last_sync_cursor; absent without */
	/* From here on source.c's own. */
	struct db *db;
	struct http_client *http;
	struct pace *pace;
	int64_t patience_ms;        /* how long a request may wait for its turn */
	struct str token;           /* sent as the bearer */
	struct source_oauth *oauth; /* NULL: a fixed token */
};

struct source_from {
	struct db *db;
	const struct keyring *keyring;
	struct http_client *http;
	struct session *s; /* of plat_worker; borrowed during source_open() alone */
	struct str workspace_id;
	struct str connection_id; /* or absent: the provider's, or the only one */
	struct str provider;      /* may be absent */
	bool even_if_held; /* a test, by a person: paused, held and failing connections are tried too */
};

/* (waits) */
int source_open(struct arena *a, const struct source_from *from, struct source **ret_source,
	struct err *e) MUST_CHECK;

/* "root/resource?options"; options are encoded already, and may be absent. */
struct str source_url(const struct source *s, struct arena *a, const char *resource,
	struct str options);

struct source_call {
	struct str url;
	const char *accept; /* NULL: application/json */
	struct str prefer;  /* absent: none */
	size_t max_bytes;
	int timeout_ms; /* 0: 120 s, and 60 s without a byte */
	int (*sink)(struct str piece,
		void *arg); /* as in http/client.h; NULL: the body is collected */
	void *arg;
	struct http_call **ret_call; /* NULL, or gets what a paused sink is resumed with */
	int64_t *ret_again_ms;       /* NULL, or gets what pace_after() answered */
};

/* Whether a URL is on the source's host. */
bool source_has(const struct source *s, struct arena *a, struct str url);

/* (waits) One request, not tried again except once with a new OAuth token. Never NULL: look at err and status. A URL on another host than
 * the source's root is E_UPSTREAM and not asked: our token would go there. */
const struct http_result *source_get(struct source *s, struct arena *a,
	const struct source_call *call);

/* (waits) At the end of a run: what the source's limits have given is written back. */
void source_save(struct source *s);

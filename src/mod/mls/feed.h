/* feed: a RESO Web API server over generated listings (gen.h), with the manners of Bridge Interactive (its paths, limits, replication,
 * rate-limit headers and errors) or of a plain server as Web API Core 2.1 describes one. docs/feed.md lists them.
 *
 *   /api/v2/OData/DataSystem                     Bridge: which datasets there are
 *   /api/v2/OData/{dataset}/$metadata            the fields, as XML
 *   /api/v2/OData/{dataset}/Property             also Properties
 *   /api/v2/OData/{dataset}/Property('{key}')    one listing
 *   /api/v2/OData/{dataset}/Property/replication all of them, oldest change first
 *   /reso/odata/$metadata, Property, Media       plain; with or without the dataset before them
 *   /oauth/token                                 POST, client credentials, when there is a client
 *   /live                                        200, without a token
 *   /_control/as-of, /_control/faults            POST, with the token and from this machine only
 *
 * Owner    the caller, from feed_new() to feed_free(). The config is copied.
 * Failure  feed_new() returns NULL with words. What a client does wrong is answered to it.
 * Threads  one loop. An index or a scan of a million listings takes it for about a second.
 * Units    microseconds since 1970, rows, requests.
 *
 * Memory: 24 bytes a listing for the index, 4 more for the last query's result; pages are written as
 * the client reads them, whatever their size.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct feed;
struct loop;

/* Where a replication page says what follows it; any of them together. */
enum feed_links {
	FEED_LINK_NEXT = 1, /* header "next" */
	FEED_LINK_LINK = 2, /* header "Link" with rel="next" */
	FEED_LINK_BODY = 4, /* "@odata.nextLink" */
};

enum feed_kind {
	FEED_BRIDGE,
	FEED_RESO,
};

struct feed_config {
	enum feed_kind kind;
	const char *listen;    /* "127.0.0.1:8090"; port 0 is any free one */
	const char *token;     /* what clients must send */
	const char *dataset;   /* "miamire_demo" */
	const char *feed_type; /* "idx": a further segment behind the dataset; NULL: none */
	const char *client_id, *client_secret; /* of OAuth; NULL: only the token above */
	int64_t token_ttl_s;                   /* how long issued tokens are good */
	bool no_replication;                   /* 403 */
	bool no_timestamp_filter; /* 400 on a replication that is filtered by a timestamp */
	const char *media_url;
	uint64_t seed;
	uint32_t rows; /* up to GEN_ROWS_MAX */
	int64_t as_of_us;
	bool is_live;              /* the time goes on from as_of_us */
	int64_t page_max;          /* rows on a page at most; FEED_PAGE_MAX */
	int64_t requests_per_hour; /* a fifteenth of it per minute */
	unsigned links;            /* enum feed_links */
	const char *faults;        /* see feed_fault.h; NULL: none */
};

struct feed *feed_new(struct loop *loop, const struct feed_config *config,
	struct err *e) MUST_CHECK;
int feed_port(const struct feed *f);

/* (waits) Lets the answers under way be finished, for at most that long; then feed_free() is due. */
void feed_drain(struct feed *f, int deadline_ms);

/* Closes every connection. NULL is fine. */
void feed_free(struct feed *f);

/* client: HTTP requests to others, on libcurl over the loop. The only user of libcurl.
 *
 * Owner    the caller owns the client; a call (struct http_call) belongs to the client and ends with
 *          on_done or http_call_cancel(), after either of which it is not to be used.
 * Failure  on_done always runs (unless cancelled), from the loop, never inside http_fetch(). A status
 *          such as 404 or 429 is an answer, not a failure. Failures have one sentence that names the
 *          host, never the query, a header or the body.
 * Threads  one loop. Names are resolved in libcurl's own threads.
 * Units    bytes, milliseconds.
 *
 * Connections are kept and used again. Only http and https; TLS certificates are verified. Redirects
 * are not followed unless asked for, and Authorization never follows to another host.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct loop;
struct http_client;
struct http_call;

struct http_client_options {
	int max_connections;          /* 64 in all; more calls wait their turn */
	int max_connections_per_host; /* 8 */
	const char *user_agent;       /* "plat/<version>" */
	const char *ca_file;          /* NULL: the system's certificates */
};

/* opt may be NULL. */
struct http_client *http_client_new(struct loop *loop, const struct http_client_options *opt);

/* Cancels what is under way, silently. NULL is fine. */
void http_client_free(struct http_client *c);

struct http_fetch_header {
	const char *name;
	struct str value;
};

/* A signature of AWS, version 4, as S3-compatible services want it. The bytes of a body are not part of it
 * (UNSIGNED-PAYLOAD): whoever sends some adds Content-MD5, which is, and Content-Type. A query has to be sorted and encoded. */
struct http_aws {
	const char *region, *service, *key, *secret;
};

struct http_fetch {
	const char *method; /* NULL: GET */
	const char *url;
	const struct http_fetch_header *headers; /* n_headers of them */
	size_t n_headers;
	struct str body; /* absent: none. Lives until the call ends */

	/* A body of source_len bytes that is read while it is sent, instead of `body`: puts at most n of its bytes,
	 * from offset at on, into `to` and returns how many; 0 or less ends the call with E_BUG. Asked again for
	 * what was sent on a connection that broke. Must not wait. */
	long (*source)(char *to, size_t n, uint64_t at, void *source_arg);
	void *source_arg;
	uint64_t source_len;

	const struct http_aws *aws; /* NULL: not signed */
	int timeout_ms;             /* of the whole call; 0: 30 s */
	int connect_timeout_ms;     /* 0: 10 s */
	int stall_s; /* E_TIMEOUT when no byte moves for so long; 0: only the whole counts */
	size_t max_body_bytes; /* after decompression; 0: 64 MiB; beyond: E_LIMIT */
	bool follow_redirects; /* up to 5, same scheme or better */
	bool public_only; /* only to addresses of the internet (http/peer.h), a proxy's too; E_INPUT */
	bool gzip;        /* offer gzip and deflate, and unpack what comes */

	/* With a sink the body is not collected: each piece goes here, valid during the call. It returns
	 * 0 to go on, anything else to end the call with E_CANCEL, or HTTP_SINK_PAUSE: the same piece
	 * comes again after http_call_resume(). Runs only for statuses 200 to 299; the body of any other
	 * answer is collected as usual. */
	int (*sink)(struct str piece, void *sink_arg);
	void *sink_arg;
	struct http_call **ret_call; /* NULL; else gets the call, before any piece of it comes */
};
#define HTTP_SINK_PAUSE 1

/* What came of a call. Lives in the arena that http_fetch() was given. */
struct http_result {
	struct err err;      /* code 0: there was an answer */
	int status;          /* 0 when there was none */
	struct str body;     /* "" when there is none, or a sink had it */
	uint64_t body_bytes; /* received, after decompression */
	int64_t took_us;
	struct http_fetch_header *headers; /* of the last answer (after redirects) */
	size_t n_headers;
};

/* The first header of this name, in any case; absent when there is none. */
struct str http_result_header(const struct http_result *r, const char *name);

/* The answer's Retry-After in milliseconds from now (seconds or a date); -1 without one. */
int64_t http_result_retry_ms(const struct http_result *r);

typedef void http_done_fn(const struct http_result *result, void *arg);

/* fetch and what it points to is copied, except body. result lives in a, which must live until on_done
 * (or cancel). A URL that cannot be read is reported through on_done as well. */
struct http_call *http_fetch(struct http_client *c, struct arena *a, const struct http_fetch *fetch,
	http_done_fn *on_done, void *arg);

/* on_done will not run. Also from within the sink and other calls' on_done. */
void http_call_cancel(struct http_call *call);

void http_call_resume(struct http_call *call);

/* The same for straight-line code: only inside a fiber (loop/fiber.h), which sleeps meanwhile. Returns
 * the result, never NULL. */
const struct http_result *http_fetch_wait(struct http_client *c, struct arena *a,
	const struct http_fetch *fetch);

/* Calls under way or waiting. */
size_t http_client_calls(const struct http_client *c);

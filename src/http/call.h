/* call: one request to somebody else, while it is under way. Private to src/http.
 *
 * Owner    its client; gone when it has ended, with the memory itself kept until the end of the turn.
 * Failure  collected in result.err.
 * Threads  one loop.
 *
 * http_call_finish() and http_call_cancel() are the two ends. Within libcurl's callbacks a handle cannot
 * be removed, so a cancel there is noted and done at the end of the turn; meanwhile the callbacks refuse
 * to go on and touch nothing of the caller's.
 */
#pragma once
#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "http/client.h"

struct http_call {
	struct http_client *client;
	struct http_call *prev, *next;
	CURL *easy; /* NULL: could not be set up */
	struct curl_slist *headers;
	struct arena *arena;
	struct http_result *result; /* in arena */
	http_done_fn *on_done;
	void *arg;

	struct str host; /* for messages, in arena */
	struct str body;
	uint64_t body_at;
	long (*source)(char *to, size_t n, uint64_t at, void *source_arg);
	void *source_arg;
	uint64_t source_len;
	size_t max_body_bytes, header_bytes, headers_cap;
	int timeout_ms, connect_timeout_ms;
	int (*sink)(struct str piece, void *sink_arg);
	void *sink_arg;
	struct buf collected;
	int64_t start_us;
	bool was_private; /* an address was refused: public_only */
	bool is_over;     /* finished or cancelled: nobody wants to hear of it */
	char words[CURL_ERROR_SIZE];
};

/* Sets everything up. Its result.err says so when that fails; then it only waits to be finished. */
struct http_call *http_call_new(struct http_client *c, struct arena *a,
	const struct http_fetch *fetch);
void http_call_free(struct http_call *call);

/* libcurl is done with it. Tells the caller and frees it. */
void http_call_finish(struct http_call *call, CURLcode code);

/* call_peer.c: lets the call only go to addresses of the internet. */
void http_call_only_public(struct http_call *call);

/* call_error.c: what code means for the one who reads it, in result.err. */
void http_call_explain(struct http_call *call, CURLcode code);

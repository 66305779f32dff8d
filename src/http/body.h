/* body: a request's body on its way from the parser to the handler. Private to src/http; what handlers
 * call of it is in http/request.h.
 *
 * Owner    embedded in the exchange; http_body_done() releases it.
 * Failure  http_body_fail() records the first one; the handler is told by http_body_tell().
 * Threads  one loop.
 *
 * Nothing but http_body_piece() (streamed pieces) and http_body_tell() calls the handler, and both are
 * only called from a turn of the connection or from loop_later().
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "http/request.h"

struct http_exchange;

/* An unread rest up to this size is read and dropped, so that the connection can be used again. */
#define HTTP_DISCARD_MAX (64 * 1024)

enum http_body_mode {
	HTTP_BODY_UNASKED, /* the handler did not say yet what it wants */
	HTTP_BODY_WHOLE,
	HTTP_BODY_STREAM,
	HTTP_BODY_DISCARD, /* the request has ended without it */
};

struct http_body {
	enum http_body_mode mode;
	bool paused, complete, told;
	uint64_t max, received;
	struct buf whole;
	http_body_fn *on_body;
	http_chunk_fn *on_chunk;
	http_end_fn *on_end;
	void *arg;
	struct err err; /* code is not 0 when the body failed */
	int status;     /* for the answer to that failure, where no err code says it; else 0 */
};

void http_body_init(struct http_exchange *x);
void http_body_done(struct http_exchange *x);

/* Would it take the next piece now? */
bool http_body_wants(const struct http_exchange *x);

void http_body_piece(struct http_exchange *x, struct str piece);
void http_body_complete(struct http_exchange *x);
void http_body_fail(struct http_exchange *x, int status, enum err_code code, const char *words);

/* The handler has ended the request: what is left of the body is dropped as it comes. */
void http_body_abandon(struct http_exchange *x);

/* Tells the handler the end or the failure, when that is due. */
void http_body_tell(struct http_exchange *x);

/* Must the connection be closed after the answer, because the rest of the body is not worth reading?
 * final: the handler will not read any more of it. */
bool http_body_forces_close(const struct http_exchange *x, bool final);

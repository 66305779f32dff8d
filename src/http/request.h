/* request: one HTTP/1.1 request that a client sent us (RFC 9110, RFC 9112).
 *
 * Owner    the server makes it and hands it to on_request (http/server.h). From then on the handler
 *          owes it exactly one end: http_reply(), http_reply_end(), http_reply_err() (http/reply.h)
 *          or http_drop(). Until that call the pointer is valid, WHATEVER the client does; from that
 *          call on it is not to be used. (It is really released at the end of the loop turn or when
 *          the last byte was sent, whichever is later; relying on that is a bug.)
 * Failure  a client that breaks the protocol is answered here and never reaches a handler.
 * Threads  one loop.
 * Units    bytes.
 *
 * When the client goes away
 *
 *   The request stays. A handler that waits for a database keeps its pointer, gets its answer, calls
 *   http_reply() as always, and the answer is thrown away. So "client gone" and "answer here" may
 *   come in the same loop turn, in either order:
 *     - answer first: the request has ended, the connection closes on its own, nobody is called;
 *     - gone first: on_gone runs (if asked for), then the answer's http_reply() ends the request.
 *   A handler that wants to stop early ends the request inside on_gone with http_drop(); then it is
 *   the handler that must forget the pointer (take back its batch, stop its fiber).
 *
 *   Callbacks of this layer (on_body, on_chunk, on_end, on_gone, on_drain) come from the loop, never
 *   from inside a call that the handler makes, and never after the end of the request.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;

/* To be read, not written, apart from `user`. All text lives as long as the request. */
struct http_request {
	struct arena *arena; /* freed after the last byte of the answer */
	struct str id;       /* the client's X-Request-Id when it is one (below), else a new ULID */
	struct str method;   /* "GET"; upper case, one that the server knows */
	struct str target;   /* as sent: "/a%20b?x=1" */
	struct str raw_path; /* "/a%20b"; "*" for OPTIONS * */
	struct str path;     /* "/a b"; see http_path_decode() for what is refused with 400 */
	struct str query;    /* "x=1", raw; absent without a '?'. Read with http_query_next() */
	struct str host;     /* of an absolute target, else the Host header; "" without one */
	struct str remote;   /* the peer's address without port; "" for a unix socket */
	int version;         /* 10 or 11 */
	int64_t body_len;    /* Content-Length; 0 without a body; -1 chunked, so not known yet */
	void *user;          /* the handler's own; NULL at first */
};

/* A client's X-Request-Id is taken when it is 8 to 64 characters of A-Z a-z 0-9 . _ - . */

/* The first header of this name, in any case, without spaces around it; absent when there is none. */
struct str http_header(const struct http_request *req, const char *name);

/* All headers of this name, joined with ", " (RFC 9110 5.2); absent when there is none. */
struct str http_header_list(struct http_request *req, const char *name);

/* Header i in the order sent; false when there are fewer. */
bool http_header_at(const struct http_request *req, size_t i, struct str *ret_name,
	struct str *ret_value);

/* The body, whole. on_body runs once: with the body (valid as long as the request) and err NULL, or
 * with an absent body and what went wrong, which the handler passes to http_reply_err():
 *   413 more than max bytes · 400 cut off or malformed · 408 too slow · 499 client gone.
 * max 0 is the server's max_body_bytes, which is also the most there can be.
 * May be called once, in on_request or any time later; until then the body waits in the socket.
 * Sends "100 Continue" to a client that waits for it. */
typedef void http_body_fn(struct http_request *req, struct str body, const struct err *err,
	void *arg);
void http_read_body(struct http_request *req, size_t max, http_body_fn *on_body, void *arg);

/* The body, piece by piece; max 0 is the server's max_stream_bytes. on_chunk: valid during the call only, never empty. on_end runs once, after
 * the last piece (err NULL) or when it failed, as above. Ending the request in a callback stops it:
 * nothing more is called. */
typedef void http_chunk_fn(struct http_request *req, struct str chunk, void *arg);
typedef void http_end_fn(struct http_request *req, const struct err *err, void *arg);
void http_stream_body(struct http_request *req, size_t max, http_chunk_fn *on_chunk,
	http_end_fn *on_end, void *arg);

/* Back-pressure: no piece and no end comes between pause and resume (failures do); the client's bytes
 * wait in the socket and the body timeout stands still. */
void http_body_pause(struct http_request *req);
void http_body_resume(struct http_request *req);

/* on_gone runs at most once, when the client closed its side or the connection broke. After a mere
 * close the client may still be reading (half-closed), and an answer is sent if it can be;
 * http_is_gone() tells whether nobody can receive it any more. Registering again replaces; NULL
 * forgets. A connection that had gone before is reported as well. */
typedef void http_gone_fn(struct http_request *req, void *arg);
void http_on_gone(struct http_request *req, http_gone_fn *on_gone, void *arg);
bool http_is_gone(const struct http_request *req);

/* Ends the request without an answer: a client that is still there sees the connection close. */
void http_drop(struct http_request *req);

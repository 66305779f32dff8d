/* reply: the answer to a request, whole or streamed; and the edge where a struct err becomes one.
 *
 * Owner    the request's (http/request.h). http_reply(), http_reply_end() and http_reply_err() end the
 *          request: nothing of it may be used after them.
 * Failure  none that the handler sees. Answering a client that is gone does nothing but end the
 *          request. Order mistakes (two answers, a header after begin) are assertions.
 * Threads  one loop.
 * Units    bytes.
 *
 * Made by this layer, never by a handler: Date (unless a handler gives another), Connection, Content-Length, Transfer-Encoding,
 * X-Request-Id, the rules for HEAD, 204 and 304 (no body, RFC 9110 6.4.1), keep-alive, and the order
 * of answers to pipelined requests. Answers given in the same loop turn leave in one write.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct err;
struct http_request;

/* Adds a header to the answer, before it begins. name is a literal of ours; controls in value
 * (CR, LF, NUL ...) are sent as spaces, so no text can split the answer. Copied. */
void http_reply_header(struct http_request *req, const char *name, struct str value);

/* The words behind the status, instead of the usual ones (RFC 9112 4: clients may show them, none may
 * rely on them). Before the answer begins; controls are sent as spaces. Copied, at most 200 bytes. */
void http_reply_reason(struct http_request *req, struct str words);

/* The whole answer. body is not copied: it lives in req->arena or for ever. content_type NULL (or an
 * empty body with status 204 or 304): no Content-Type. For HEAD give the body all the same; only its
 * length is sent. */
void http_reply(struct http_request *req, int status, const char *content_type, struct str body);

/* An answer in pieces. The length is announced with http_reply_length() before begin, and then exactly
 * that many bytes must follow (fewer: the connection is cut so that the client notices; more: assert).
 * Without it the body is chunked, or ends with the connection for HTTP/1.0. */
void http_reply_length(struct http_request *req, uint64_t len);
void http_reply_begin(struct http_request *req, int status);

/* Copies data and sends it at the end of the turn. false: enough is waiting (HTTP_REPLY_MARK); stop
 * until on_drain. Data given all the same is taken, so a handler may finish what it is doing. */
#define HTTP_REPLY_MARK (64 * 1024)
bool http_reply_write(struct http_request *req, struct str data)
	__attribute__((warn_unused_result));

/* on_drain runs each time after a write said false and most of it was sent, or the client is gone
 * (then writes say true and go nowhere, so a producer simply runs to its end, or asks
 * http_is_gone()). */
typedef void http_drain_fn(struct http_request *req, void *arg);
void http_reply_on_drain(struct http_request *req, http_drain_fn *on_drain, void *arg);

void http_reply_end(struct http_request *req);

/* The edge: status err_http_status(err->code), body {"code","message","request_id"}, "Retry-After: 1"
 * with 503 and 429. The words of E_BUG stay in the log; the client is told the request id.
 * The one line for this request goes to the log with code and words. After http_reply_begin() the
 * answer is cut off, so that the client cannot take it for complete. */
void http_reply_err(struct http_request *req, const struct err *err);

/* The same body with a status that no code stands for (405, 406, 415 ...). code: "method", "type" ... */
void http_reply_problem(struct http_request *req, int status, const char *code, struct str message);

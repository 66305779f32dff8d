/* req_fiber: a request that is answered by straight-line code: uploads, sign-ins, whatever waits more than once or twice.
 *
 *     static void upload(struct req *r)        the route's handler
 *     {
 *             req_fiber_go(r, take_upload);
 *     }
 *
 *     static void take_upload(struct req *r)   in a fiber: may wait, and gives the request its one end
 *
 * Owner    the request's arena.
 * Failure  E_* with words for the client, for http_reply_err(). A client that is gone is E_CANCEL for who reads, and nothing for
 *          who writes (http/request.h): tidy up, then end the request as always.
 * Threads  one loop. Everything marked (waits): inside the fiber.
 * Units    bytes.
 */
#pragma once
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct req;

void req_fiber_go(struct req *r, void (*fn)(struct req *r));

/* (waits) The whole body; "" without one. max 0: the server's. E_LIMIT beyond it. */
int req_fiber_body(struct req *r, size_t max, struct str *ret_body, struct err *e) MUST_CHECK;

/* The body in pieces with back-pressure, so in flat memory. Once, instead of req_fiber_body(). */
struct req_fiber_stream;
struct req_fiber_stream *req_fiber_stream(struct req *r, size_t max);

/* (waits) The next piece, valid until the next call; absent at the end of the body. */
int req_fiber_piece(struct req_fiber_stream *s, struct str *ret_piece, struct err *e) MUST_CHECK;

/* (waits) After http_reply_begin(): sends data, and waits while the client is slow. E_CANCEL when it is gone. */
int req_fiber_write(struct req *r, struct str data) MUST_CHECK;

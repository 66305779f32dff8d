/* out: bytes of one answer that wait for the socket. Private to src/http.
 *
 * Owner    whoever embeds it; http_out_done() frees what was not sent.
 * Failure  none.
 * Threads  none.
 *
 * Two kinds of pieces: borrowed ones (heads and whole bodies, in the request's arena or static) and
 * blocks of our own into which streamed data is copied. Data that is streamed in small steps is
 * collected in the open block, which becomes one chunk of the chunked coding (RFC 9112 7.1) when it is
 * full or when the connection is about to write.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

#include "base/str.h"

struct arena;
struct http_piece;
struct http_block;

struct http_out {
	struct http_piece *first, *last;
	struct http_block *open;
	size_t bytes; /* waiting, the open block included */
};

/* Appends s without copying it. The open block, if any, is closed before. */
void http_out_borrow(struct http_out *o, struct arena *a, struct str s, bool chunked);

/* Appends a copy of s, as content of chunks when chunked. */
void http_out_copy(struct http_out *o, struct str s, bool chunked);

/* Makes the open block ready to go. */
void http_out_close_block(struct http_out *o, bool chunked);

/* Fills up to max entries with what goes next; returns how many. */
int http_out_gather(const struct http_out *o, struct iovec *iov, int max);

/* Drops up to n bytes from the front; returns how many are left of n. */
size_t http_out_sent(struct http_out *o, size_t n);

void http_out_done(struct http_out *o);

/* reply_head: writes the status line and headers of an answer (RFC 9112 4, 6, 9.6). Private to
 * src/http. */
#pragma once
#include <stdbool.h>

struct http_exchange;

/* Decides how the body is framed and whether the connection stays (x->answer.chunked, .bodyless,
 * .close), and puts the head into the exchange's output. final: no more of the request's body will be
 * read. */
void http_reply_head(struct http_exchange *x, bool final);

/* parser: the bytes of a connection as a sequence of steps, on llhttp in its strict mode (RFC 9112).
 * Private to src/http; the only user of llhttp.
 *
 * Owner    whoever embeds it. A message's head goes into the struct http_head that the caller gives
 *          with http_parser_begin(); a body piece points into the bytes given.
 * Failure  HTTP_STEP_BAD: `status` and `words` say why; the connection cannot be read any further.
 * Threads  none.
 *
 * One message is: begin, MORE*, HEAD, (BODY | MORE)*, END. The caller decides when to ask for the next
 * step, and so can leave bytes where they are: that is all the back-pressure there is.
 * Trailer fields are read and forgotten.
 */
#pragma once
#include <llhttp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct http_head;

enum http_step {
	HTTP_STEP_MORE, /* everything given was taken; the message goes on */
	HTTP_STEP_HEAD, /* the head is complete */
	HTTP_STEP_BODY, /* piece holds some of the body */
	HTTP_STEP_END,  /* the message is complete; http_parser_begin() comes next */
	HTTP_STEP_BAD,
};

struct http_parser {
	llhttp_t ll;
	struct http_head *head; /* of the message being read; NULL before http_parser_begin() */
	struct str piece;
	enum http_step step;
	bool in_body;   /* the head is complete */
	int first;      /* first byte of the message that is not part of a line end; -1 before it */
	uint64_t taken; /* bytes of this head, or of this body with its framing */
	uint64_t content; /* bytes of this body without its framing */
	size_t max_head, max_target;
	int status;        /* after BAD */
	const char *words; /* static */
};

void http_parser_init(struct http_parser *p, size_t max_head, size_t max_target);
void http_parser_begin(struct http_parser *p, struct http_head *head);

/* Takes bytes off the front of *in, up to the next step. With nothing left it is HTTP_STEP_MORE. */
enum http_step http_parser_next(struct http_parser *p, struct str *in);

/* Of the head, from HTTP_STEP_HEAD on. */
struct str http_parser_method(const struct http_parser *p);
int http_parser_version(const struct http_parser *p);      /* 9, 10, 11, 20 */
int64_t http_parser_body_len(const struct http_parser *p); /* -1: chunked */
bool http_parser_keeps_alive(const struct http_parser *p);

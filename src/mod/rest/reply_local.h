/* reply_local: parts of an answer. Private to reply*.c and stream.c. */
#pragma once
#include <stdint.h>

#include "base/str.h"

struct buf;
struct rest_request;
struct result;

void reply_common(struct rest_request *r); /* what every answer has */
void reply_next_link(struct rest_request *r,
	const struct result *res);                            /* keyset paging: Link rel=next */
int reply_not_singular(struct rest_request *r, int64_t rows); /* PGRST116 */
struct str reply_lines(struct rest_request *r,
	const struct result *res);               /* the first column's rows, a line each */
void reply_percent(struct buf *b, struct str s); /* percent-encoded (RFC 3986 unreserved stay) */

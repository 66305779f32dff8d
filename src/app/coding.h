/* coding: gzip and zstd of answers, as Accept-Encoding allows (RFC 9110 12.5.3).
 *
 * Owner    results live in the request's arena. Failure: the body stays as it is. Threads one loop.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;
struct http_request;
struct pack;

enum coding { CODING_NONE, CODING_GZIP, CODING_ZSTD };

/* The best of what the header allows; zstd before gzip when equal. Absent: none. */
enum coding coding_choose(struct str accept_encoding);
/* Neither a coding of ours nor none at all is allowed. */
bool coding_refused(struct str accept_encoding);
/* How a whole body of this length goes out: as it is below 1 KiB, unless the client takes no other. */
enum coding coding_of_body(struct str accept_encoding, size_t len);

struct str coding_name(enum coding c);                    /* as in Content-Encoding */
struct pack *coding_pack(struct arena *a, enum coding c); /* NULL: none */
struct str coding_packed(struct arena *a, enum coding c, struct str body);

/* For a request that is not answered yet: the body as its client likes it, with Content-Encoding and Vary set. */
struct str coding_answer(struct http_request *http, struct str body);

/* compress: gzip and zstd of answers, as Accept-Encoding allows (RFC 9110 12.5.3).
 *
 * Owner    results live in the request's arena. Failure: the body stays as it is. Threads one loop.
 */
#pragma once
#include <stdbool.h>

#include "base/str.h"

struct pack;
struct rest_request;

enum rest_coding { REST_CODING_NONE, REST_CODING_GZIP, REST_CODING_ZSTD };

/* The best of what the header allows; zstd before gzip when equal. Absent: none. */
enum rest_coding rest_compress_choose(struct str accept_encoding);
/* Neither a coding of ours nor none at all is allowed. */
bool rest_compress_refused(struct str accept_encoding);

/* How a whole body of this length will go out. */
enum rest_coding rest_compress_coding(struct rest_request *r, size_t len);

/* body, or its compressed form with Content-Encoding set, when it is worth it (1 KiB and more, or the client takes no other). */
struct str rest_compress(struct rest_request *r, struct str body);

/* For a stream: the compressor, with Content-Encoding set; NULL: none wanted. */
struct pack *rest_compress_stream(struct rest_request *r);

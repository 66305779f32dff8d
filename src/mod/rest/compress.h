/* compress: gzip and zstd of the answers of REST (app/coding.h).
 *
 * Owner    results live in the request's arena. Failure: the body stays as it is. Threads one loop.
 */
#pragma once
#include "app/coding.h"

struct rest_request;

/* How a whole body of this length will go out. */
enum coding rest_compress_coding(struct rest_request *r, size_t len);

/* body, or its compressed form with Content-Encoding set, when it is worth it. */
struct str rest_compress(struct rest_request *r, struct str body);

/* For a stream: the compressor, with Content-Encoding set; NULL: none wanted. */
struct pack *rest_compress_stream(struct rest_request *r);

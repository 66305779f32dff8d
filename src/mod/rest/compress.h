/* compress: gzip and zstd, as Accept-Encoding allows (RFC 9110 12.5.3).
 *
 * Owner    results live in the request's arena. Failure: the body stays as it is. Threads one loop; whole bodies are compressed at once
 *          at the fastest level, streams piece by piece.
 */
#pragma once
#include <stdbool.h>

#include "base/str.h"

struct arena;
struct buf;
struct rest_request;

enum rest_coding { REST_CODING_NONE, REST_CODING_GZIP, REST_CODING_ZSTD };

/* The best of what the header allows; zstd before gzip when equal. */
enum rest_coding rest_compress_choose(struct str accept_encoding);

/* body, or its compressed form with Content-Encoding set, when it is worth it (1 KiB and more). */
struct str rest_compress(struct rest_request *r, struct str body);

/* A stream: out gets what is ready; last ends it. Lives in the arena. */
struct rest_compressor;
struct rest_compressor *rest_compressor_new(struct arena *a, enum rest_coding coding);
void rest_compressor_add(struct rest_compressor *c, struct str piece, bool last, struct buf *out);

/* pack: gzip (RFC 1952) and zstd (RFC 8878) compression, piece by piece. The only user of zlib and libzstd.
 *
 * Owner    the arena given to pack_new(); its memory in the libraries is released with it.
 * Failure  none: out of memory ends the process; the output goes to a buf with its own cap.
 * Threads  none. Fast levels: about 100 to 400 MB/s.
 */
#pragma once
#include <stdbool.h>

#include "base/str.h"

struct arena;
struct buf;
struct pack;

enum pack_kind { PACK_GZIP, PACK_ZSTD };

struct pack *pack_new(struct arena *a, enum pack_kind kind) __attribute__((returns_nonnull));

/* Appends to out what is ready; with last also everything held back, and the end mark. With flush all that was given can be read by
 * the other side. */
void pack_add(struct pack *p, struct str piece, bool flush, bool last, struct buf *out);
